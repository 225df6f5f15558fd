// Verilator's own library is compiled with this first: verilator_endings.cpp takes these over.
int hdlsmith_printf(const char* format, ...);
void vl_stop_maybe(const char* file, int line, const char* hierarchy, bool maybe);
#define VL_PRINTF hdlsmith_printf
#define VL_USER_FINISH
#define VL_USER_STOP_MAYBE
