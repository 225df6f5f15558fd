// How a model ends at $finish, $stop, $error and $fatal; a part of the runtime.

#include "verilated.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>

static std::string last_printed;
static bool ended = false;

// Verilator runs a process on until its next delay after it called $finish. What it says then is
// not said: with Icarus it never gets there.
int hdlsmith_printf(const char* format, ...) {
    va_list words;
    va_start(words, format);
    char* text = nullptr;
    const int length = vasprintf(&text, format, words);
    va_end(words);
    if (length < 0) return length;
    last_printed.assign(text, length);
    free(text);
    if (ended && !Verilated::threadContextp()->executingFinal()) return length;
    fwrite(last_printed.data(), 1, last_printed.size(), stdout);
    return length;
}

// No line of ours that could be taken for the testbench's.
void vl_finish(const char*, int, const char*) VL_MT_UNSAFE {
    ended = true;
    Verilated::threadContextp()->gotFinish(true);
}

// Called for $stop, for $fatal (`maybe` is false) and after the message of an $error. As with
// `vvp -n`, an $error goes on, and a $stop is an end like any other.
void vl_stop_maybe(const char* file, int line, const char*, bool maybe) VL_MT_UNSAFE {
    const std::string path{file};
    const std::string message = "%Error: " + path.substr(path.rfind('/') + 1) + ":"
                                + std::to_string(line) + ": Assertion failed in ";
    if (maybe && last_printed.find(message) != std::string::npos) return;
    VerilatedContext* const context = Verilated::threadContextp();
    ended = true;
    context->gotFinish(true);
    if (maybe) return;
    context->errorCountInc();
    context->gotError(true);
}
