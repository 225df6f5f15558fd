"""Words of an identifier: `fetch_addr_q` says fetch, address.

One table of the field's short forms for whoever needs words: descriptions, vectors, questions.
"""

import re
from functools import lru_cache

_PARTS = re.compile(r"[A-Z]{2,}\d*(?![a-z])|[A-Z]?[a-z]+\d*|[A-Z]\d*|\d+")
_NUMBERED = re.compile(r"([a-z]{2,}?)(\d+)")
_NAME = re.compile(r"[A-Za-z_][\w.]*")
_WORD = re.compile(r"[a-z]+")

RESET_NAME = re.compile("(?<!fi)(?<!bu)(?<!wo)rst|reset", re.IGNORECASE)
"""A synchronous reset looks like any other condition but for its name; first, burst and worst are
none."""

_FRAME = frozenset(
    {"i", "o", "io", "ni", "no", "nio", "q", "qn", "d", "r", "n", "p", "m", "t", "e", "s", "g", "u"}
    | {"k", "li", "lo", "lp", "gp", "pi", "po", "ff", "in", "out", "reg", "inst", "gen", "genblk"}
)
"""At a name's ends these tell direction, storage or level of what the rest names."""


def _table(text: str) -> dict[str, str]:
    rows = (" ".join(row.split()).partition(" ") for row in text.split("|"))
    return {short: long for short, _, long in rows}


SHORT_FORMS = _table(
    """abs absolute | acc accumulator | ack acknowledge | acks acknowledges | act active
    | addr address | addrs addresses | adr address | al aligned | alloc allocate | arb arbiter
    | arg argument | args arguments | arr array | async asynchronous | attr attribute
    | aux auxiliary | avail available | bck back | be byte enable | bin binary | blk block
    | br branch | brk break | btn button | buf buffer | bufs buffers | bw bandwidth
    | bwe byte write enable | byp bypass | calc calculate | capt capture | ce chip enable
    | cen chip enable | ch channel | chan channel | chk check | chnl channel | cl cacheline
    | clk clock | clks clocks | clkdiv clock divider | clr clear | cmd command | cmds commands
    | cmp compare | cmpl complete | cmpr compare | cnt count | cntr counter | cntrl control
    | coef coefficient | coeff coefficient | col column | comb combinational | compl complete
    | conn connect | const constant | conv convert | cr credit | cs chip select | csn chip select
    | ctl control | ctr counter | ctrl control | ctx context | cur current | curr current
    | cyc cycle | dat data | dbg debug | dcache data cache | decomp decompress | decr decrement
    | del delay | deq dequeue | desc descriptor | dest destination | det detect | dev device
    | diff difference | dir direction | dis disable | disp dispatch | div divide | dly delay
    | dmem data memory | dn down | dom domain | dout data out | din data in | drv drive
    | dst destination | dtlb data tlb | dup duplicate | dec decode | dcd decode | eff effective
    | elem element | elems elements | emp empty | en enable | ena enable | enb enable | enc encode
    | enq enqueue | ent entry | env environment | eq equal | err error | errs errors | ev event
    | evt event | ex execute | exc exception | excp exception | exe execute | exec execute
    | exp exponent | ext extended | fin finish | flg flag | flgs flags
    | fmt format | fpr floating point register | frac fraction | freq frequency | frm frame
    | fu functional unit | func function | funct function | fwd forward | gnt grant | gnts grants
    | grp group | gt greater | hdr header | hi high | hist history | hs handshake | hw hardware
    | hwlp hardware loop | icache instruction cache | ids ids | idx index | indx index
    | ifu instruction fetch | ign ignore | ill illegal | imem instruction memory | imm immediate
    | impl implementation | inc increment | incr increment | inf infinity | init initialise
    | inj inject | inp input | ins instruction | insn instruction | instr instruction
    | insns instructions | instrs instructions | intf interface | intg integrity | intr interrupt
    | intrs interrupts | inv invalid | inval invalidate | irqs irq | iss issue | iter iteration
    | itlb instruction tlb | itf interface | jmp jump | lat latency | ld load | len length
    | lim limit | lkup lookup | ln line | lo low | loc location | lt less | lvl level
    | lz leading zeros | lzc leading zero count | lzd leading zero detect | mant mantissa
    | mas master | mat matrix | max maximum | mem memory | mems memories | mgr manager
    | mid middle | min minimum | misc miscellaneous | mispred mispredict | mon monitor
    | msg message | msk mask | mst master | mstr master | mul multiply | mult multiply
    | mv move | nb number | neg negative | nrst reset | num number | nxt next | off offset
    | offs offset | oh one hot | onehot one hot | op operation | opcode opcode | opnd operand
    | ops operations | opt option | ovf overflow | ovfl overflow | ovr override | par parity
    | param parameter | pend pending | perf performance | periph peripheral | perm permission
    | phy physical | phys physical | pipe pipeline | pkt packet | pld payload | pos position
    | pred predict | pref prefetch | prefetcher prefetch | prev previous | pri priority
    | prio priority | priv privilege | proc process | prod product | prog program | prot protection
    | ptr pointer | ptrs pointers | pwr power | qual qualify | que queue | quot quotient
    | rand random | rd read | rdat read data | rdata read data | raddr read address
    | rden read enable | ren read enable | rdptr read pointer | rdy ready | rec receive
    | recv receive | ref reference | regfile register file | regs registers | rel relative
    | rem remainder | rempty read empty | repl replace | req request | reqs requests | res result
    | resp response | rsp response | rsps responses | rsrv reserve | rst reset | rstn reset
    | resetn reset | ret return | rf register file | rfile register file | rnd round | rnm rename
    | rot rotate | rptr read pointer | rr round robin | rs source register | rtn return
    | rtrn return | rvalid read valid | rready read ready | rx receive | sat saturate
    | sec security | seg segment | sel select | seln select | seq sequence | ser serial
    | sext sign extend | sft shift | sgn sign | sh shift | shamt shift amount | shft shift
    | sig signal | sim simulation | slv slave | snd send | spd speed | sqrt square root
    | src source | srcs sources | srst synchronous reset | st store | stat status | stb strobe
    | stg stage | stk stack | stl stall | strb strobe | strm stream | subst substitute
    | sup supervisor | sw software | swp swap | sync synchronise | sys system | syn syndrome
    | tb testbench | tbl table | temp temporary | tgt target | thr threshold | thresh threshold
    | thrd thread | tmo timeout | tmp temporary | tmr timer | tog toggle | tot total
    | trans transaction | trg trigger | trig trigger | trunc truncate | tst test | ts timestamp
    | tx transmit | txn transaction | typ type | unal unaligned | uncond unconditional
    | unf underflow | upd update | usr user | util utility | val valid value | valids valid
    | vals values | vec vector | ver version | vio violation | virt virtual | vld valid
    | waddr write address | wakeup wake up | wb writeback | wbuf write buffer | wdat write data
    | wdata write data | wdt watchdog | wdth width | we write enable | wen write enable
    | wid width | wptr write pointer | wr write | wraddr write address | wrdata write data
    | wren write enable | wrptr write pointer | wstrb write strobe | wvalid write valid
    | wready write ready | xbar crossbar | xfer transfer | xlate translate"""
)
"""Short form -> the words that it is short for."""

ACRONYMS = _table(
    """alu arithmetic logic | agu address generation | amo atomic memory operation
    | asid address space | bht branch history table | btb branch target buffer
    | cdc clock domain crossing | cfg configuration | config configuration | cpu processor
    | crc cyclic redundancy check | csr control and status register | dma direct memory access
    | dut design under test | ecc error correction code | epc exception program counter
    | fifo queue first in first out | fpu floating point | fp floating point
    | fsm finite state machine | gpio general purpose pins | gpr general purpose register
    | hart hardware thread | info information | irq interrupt | id identifier
    | jalr indirect jump and link | jal jump and link | lfsr linear feedback shift register
    | lru least recently used | lsb least significant bit | lsu load store | lut lookup table
    | mac multiply accumulate | mmu memory management | msb most significant bit
    | mux multiplexer | nan not a number | nmi non maskable interrupt | noc network on chip
    | nop no operation | pc program counter | plic interrupt controller
    | pmp physical memory protection | plru pseudo least recently used
    | ppn physical page number | pte page table entry | ptw page table walker
    | pwm pulse width modulation | ram memory | ras return address stack | rob reorder
    | rom read only memory | rtc real time clock | sram memory | tlb translation lookaside buffer
    | vpn virtual page number | wfi wait for interrupt"""
)
"""What designers say as it is spelt -> what it stands for."""


@lru_cache(maxsize=1 << 16)
def words_of(name: str) -> str:
    """The words an identifier is made of, short forms written out; `` if it has none.

    What only frames a name (`_i`, `_q`, `u_`) goes, unless nothing else is left.
    """
    parts = [part for piece in name.split(".") for part in _meant(piece)]
    return " ".join(SHORT_FORMS.get(part) or _numbered(part) for part in parts)


def _meant(name: str) -> list[str]:
    parts = [part.lower() for part in _PARTS.findall(name)]
    start, end = 0, len(parts)
    while start < end and parts[start] in _FRAME:
        start += 1
    while start < end and parts[end - 1] in _FRAME:
        end -= 1
    return parts[start:end] or parts


def words_of_text(text: str) -> str:
    """The words of all names in a piece of code, in order."""
    return " ".join(map(words_of, _NAME.findall(text)))


def _numbered(part: str) -> str:
    match = _NUMBERED.fullmatch(part)
    return f"{SHORT_FORMS.get(match[1], match[1])} {match[2]}" if match else part


def long_forms(text: str) -> str:
    """What the acronyms in a text stand for, each once; `` if it has none."""
    return " ".join(
        ACRONYMS[word] for word in dict.fromkeys(_WORD.findall(text)) if word in ACRONYMS
    )
