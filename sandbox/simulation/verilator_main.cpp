// The simulation loop of a plain testbench: until $finish, or until nothing is left to happen.
// Its one argument is the waveform to write, where the model was built with waves.

#include "Vtop.h"

#if VM_TRACE_FST
#include "verilated_fst_c.h"
using Trace = VerilatedFstC;
#elif VM_TRACE
#include "verilated_vcd_c.h"
using Trace = VerilatedVcdC;
#endif

int main(int argc, char** argv) {
    VerilatedContext context;
    context.commandArgs(argc, argv);
    context.traceEverOn(VM_TRACE);
    Vtop top{&context, ""};
#if VM_TRACE
    Trace trace;
    top.trace(&trace, 99);
    trace.open(argv[1]);
#endif
    while (!context.gotFinish()) {
        top.eval();
#if VM_TRACE
        trace.dump(context.time());
#endif
        if (!top.eventsPending()) break;
        context.time(top.nextTimeSlot());
    }
    top.final();
#if VM_TRACE
    trace.close();
#endif
    return context.gotError();
}
