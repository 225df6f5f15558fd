"""From a run's folder to figures, each with what it takes to doubt them."""

from collections import Counter
from pathlib import Path
from typing import Any

from hdlsmith.benchmarks.metrics import Counts, estimate_pass_at_k, official_pass_rate
from hdlsmith.benchmarks.store import (
    Key,
    read_goldens,
    read_kept_answers,
    read_manifest,
    read_results,
    wall_seconds,
)
from hdlsmith.benchmarks.suites.verilog_eval_codes import CODES, PASS_CODE
from hdlsmith.display import counted
from hdlsmith.sandbox.results import Outcome

PROFILES = ("strict", "compat")
_PASSING = {"strict": ("outcome", Outcome.PASS), "compat": ("code", PASS_CODE)}
_KS = (1, 3, 5, 10, 20)


def summarise(folder: Path, profile: str = PROFILES[0]) -> dict[str, Any]:
    """Every figure of a run. Rates are percentages; `n` counts scored samples.

    Args:
        profile: whose pass rate leads.

    Returns:
        `n, problems, unscored, pass_rate, pass_at_k, codes, outcomes, ceiling,
        ceiling_failing, ceiling_problems, wall_s, tokens, ledger, profiles` and the run's
        manifest.

    Raises:
        InputError: no run there, or a damaged one.
    """
    manifest = read_manifest(folder)
    results = read_results(folder)
    scored = {key: r for key, r in results.items() if "code" in r}
    figures = {name: _figures(scored, name) for name in PROFILES}
    goldens = read_goldens(folder)
    failing = {golden.problem: golden.code for golden in goldens if not golden.passes}
    usage = _usage(folder)
    return {
        "suite": manifest["suite"],
        "task": manifest["task"],
        "profile": profile,
        "n": len(scored),
        "problems": len({problem for problem, _ in scored}),
        "planned": manifest["planned"],
        "unscored": {f"{p}/{s}": r["unscored"] for (p, s), r in results.items() if "code" not in r},
        **figures[profile],
        "codes": dict(Counter(r["code"] for r in scored.values()).most_common()),
        "outcomes": dict(Counter(r["outcome"] for r in scored.values()).most_common()),
        "ceiling": round(100 * (1 - len(failing) / len(goldens)), 2) if goldens else 0.0,
        "ceiling_failing": failing,
        "ceiling_problems": len(goldens),
        "wall_s": wall_seconds(folder),
        **usage,
        "ledger": _ledger(folder, scored),
        "profiles": figures,
        "run": manifest,
    }


def _figures(scored: dict[tuple[str, int], dict[str, Any]], profile: str) -> dict[str, Any]:
    field, passing = _PASSING[profile]
    counts: dict[str, tuple[int, int]] = {}
    for (problem, _), record in scored.items():
        n, c = counts.get(problem, (0, 0))
        counts[problem] = (n + 1, c + (record[field] == passing))
    return {
        "passed": sum(c for _, c in counts.values()),
        "pass_rate": round(official_pass_rate(counts), 2),
        "pass_at_k": _pass_at_k(counts),
    }


def _pass_at_k(counts: Counts) -> dict[str, dict[str, float]]:
    most = min((n for n, _ in counts.values()), default=0)
    estimates = {k: estimate_pass_at_k(counts, k) for k in _KS if k <= most}
    return {
        str(k): {"value": round(e.value, 2), "low": round(e.low, 2), "high": round(e.high, 2)}
        for k, e in estimates.items()
    }


def _usage(folder: Path) -> dict[str, Any]:
    used = [record["usage"] for record in read_kept_answers(folder) if "usage" in record]
    total = {
        key: sum(u[key] for u in used) for key in ("input_tokens", "output_tokens", "usd", "wall_s")
    }
    return {
        "tokens": {"input": total["input_tokens"], "output": total["output_tokens"]},
        "usd": round(total["usd"], 6),
        "model_s": round(total["wall_s"], 2),
    }


def _ledger(folder: Path, scored: dict[Key, dict[str, Any]]) -> list[dict[str, Any]]:
    """What each model in its place cost and earned, over all answers of the agent.

    `chosen` counts answers whose design is its, `passed` those of them that are right (strict).
    """
    rows: dict[str, dict[str, Any]] = {}
    for answer in read_kept_answers(folder):
        right = scored.get((answer["problem"], answer["sample"]), {}).get("outcome") == Outcome.PASS
        for account in answer.get("ledger", ()):
            counts = {key: account[key] for key in ("attempts", "through_gate", "chosen")}
            counts |= account["usage"] | {"passed": account["chosen"] and right}
            row = rows.setdefault(account["seat"], {"model": account["model"]})
            row |= {key: row.get(key, 0) + count for key, count in counts.items()}
    return [{"seat": seat, **row} for seat, row in rows.items()]


def render(summary: dict[str, Any]) -> str:
    """The report for a terminal."""
    run = summary["run"]
    strict, compat = (summary["profiles"][name] for name in PROFILES)
    samples = f"{counted(summary['n'], 'sample')} of {counted(summary['problems'], 'problem')}"
    covered, chosen = summary["ceiling_problems"], len(run["problems"])
    lines = [
        f"{run['suite']} {run['task']}: {samples}, by {run['model']} ({run['style']})",
        "",
        f"  strict   {_rate(strict, summary['n'])}",
        f"  compat   {_rate(compat, summary['n'])}   official pass_rate {compat['pass_rate']:.2f}%",
        f"  ceiling  {summary['ceiling']:.2f}%: {_ceiling(summary['ceiling_failing'])}",
        "",
        "  strict outcomes",
        *(f"    {count:5d}  {outcome}" for outcome, count in summary["outcomes"].items()),
        "  official codes",
        *(f"    {count:5d}  {code}  {CODES[code]}" for code, count in summary["codes"].items()),
    ]
    if covered < chosen:
        lines.insert(1, f"  answers cover {covered} of {counted(chosen, 'chosen problem')}")
    if summary["tokens"]["output"]:
        tokens = summary["tokens"]
        lines += ["", f"  tokens   {tokens['input']:,} in, {tokens['output']:,} out"]
        lines[-1] += f", {summary['model_s']:,.0f} s of model time"
    if len(summary["ledger"]) > 1:
        lines += [f"  {_account(row)}" for row in summary["ledger"]]
    lines += ["", f"  {summary['wall_s']:.1f} s, {run['simulator']}, cage: {run['cage']}"]
    lines += [f"  dataset {run['dataset_sha256'][:12]}, seed {run.get('seed')}, {run['sampling']}"]
    missing = run["planned"] - summary["n"]
    if missing:
        planned = counted(run["planned"], "sample")
        lines += ["", f"  {missing} of {planned} unscored; call again to retry"]
        lines += [f"    {key}: {why}" for key, why in list(summary["unscored"].items())[:5]]
    return "\n".join(lines)


def _account(row: dict[str, Any]) -> str:
    earned = (
        f"{counted(row['attempts'], 'attempt')}, {row['through_gate']} through the gate,"
        f" {row['chosen']} chosen, {row['passed']} passed"
    )
    cost = f"{row['input_tokens']:,} tokens in, {row['output_tokens']:,} out, ${row['usd']:.4f}"
    calls = counted(row["calls"], "call")
    return f"{row['seat']}, {row['model']}: {earned}; {calls}, {cost}, {row['wall_s']:,.0f} s"


def _rate(figures: dict[str, Any], n: int) -> str:
    estimates = ", ".join(
        f"pass@{k} {e['value']:.2f}% [{e['low']:.1f}, {e['high']:.1f}]"
        for k, e in figures["pass_at_k"].items()
    )
    return f"{figures['passed']:4d}/{n}  {estimates}"


def _ceiling(failing: dict[str, str]) -> str:
    if not failing:
        return "every golden passes its own testbench"
    names = ", ".join(f"{problem} ({code})" for problem, code in failing.items())
    return f"these goldens fail their own testbench here: {names}"
