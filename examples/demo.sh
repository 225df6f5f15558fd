#!/bin/sh
# The main job, once: English in, checked RTL and its evidence out. Called by `make demo`.
set -u
here=$(dirname "$0")
if [ -n "${HDLSMITH_MODEL__BASE_URL:-}" ]; then
    model=
elif [ -z "${HDLSMITH_MODEL__NAME:-}" ] && hdlsmith model pull; then
    model="--model local"
elif [ -n "${HDLSMITH_MODEL__NAME:-}" ]; then
    model=
else
    echo "the local model's weights can't be had here: replaying a recorded run"
    model="--model replay:$here/recordings/counter.jsonl"
fi
echo
# shellcheck disable=SC2086 # $model is one option and its value, or nothing
hdlsmith solve "A 4-bit counter with inputs clk, rst and en and output q (4 bits). The reset is \
synchronous: on each rising edge of clk, if rst is high, q becomes 0; otherwise, if en is high, q \
becomes q + 1." \
    --top counter --testbench "$here/counter_tb.sv" $model
code=$?
# A weak model may be refuted or stay unverified; that, too, is the tools doing their job.
case $code in
0) echo; echo "demo: the design is verified by $here/counter_tb.sv" ;;
1 | 4) echo; echo "demo: the model did not get there, and the tools say so (exit code $code)" ;;
*) exit $code ;;
esac
