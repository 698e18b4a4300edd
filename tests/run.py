#!/usr/bin/env python3
"""Runs scripts against a phial binary and compares what they print.

usage: run.py PHIAL DIR... [--only SUBSTRING] [--bless]

A script NAME.exs passes when its standard output equals NAME.out, its exit status NAME.status (0 without one), and the
first line of NAME.err, if there is one, occurs in its standard error. NAME.in, if there is one, is its standard input; NAME.args holds
the arguments of phial, one a line, in place of the script's path, and an empty NAME.noargs means no arguments at all (the shell,
which reads NAME.in). --bless rewrites NAME.out from what the script prints: read the
difference before committing it.
"""
import argparse, concurrent.futures, os, pathlib, subprocess, sys, tempfile

ap = argparse.ArgumentParser()
ap.add_argument("vm")
ap.add_argument("dirs", nargs="+")
ap.add_argument("--only", default="")
ap.add_argument("--bless", action="store_true")
ap.add_argument("--timeout", type=float, default=120.0)
a = ap.parse_args()
vm = os.path.abspath(a.vm)


def text_of(path, default=""):
    return path.read_text() if path.exists() else default


def run(script):
    args = text_of(script.with_suffix(".args")).splitlines() or [str(script.resolve())]
    if script.with_suffix(".noargs").exists():
        args = []
    stdin = script.with_suffix(".in")
    env = {**os.environ, "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    with tempfile.TemporaryDirectory() as cwd:
        try:
            p = subprocess.run([vm] + args, cwd=cwd, input=stdin.read_bytes() if stdin.exists() else b"",
                               capture_output=True, timeout=a.timeout, env=env)
        except subprocess.TimeoutExpired:
            return script, f"still running after {a.timeout:g} s"
    if a.bless:
        script.with_suffix(".out").write_bytes(p.stdout)
    status = int(text_of(script.with_suffix(".status"), "0"))
    stderr = p.stderr.decode("utf-8", "replace")
    if p.returncode != status:
        return script, f"exit status {p.returncode}, expected {status}\n{stderr[:2000]}"
    want = script.with_suffix(".out").read_bytes() if script.with_suffix(".out").exists() else b""
    if p.stdout != want:
        w, g = want.decode("utf-8", "replace").splitlines(), p.stdout.decode("utf-8", "replace").splitlines()
        i = next((k for k, (x, y) in enumerate(zip(w, g)) if x != y), min(len(w), len(g)))
        at = lambda lines: lines[i] if i < len(lines) else "(end)"
        return script, f"line {i + 1}: expected {at(w)!r}, got {at(g)!r}\n{stderr[:500]}"
    first = next(iter(text_of(script.with_suffix(".err")).splitlines()), "")
    if first not in stderr:
        return script, f"standard error lacks {first!r}"
    return script, None


scripts = sorted(s for d in a.dirs for s in pathlib.Path(d).rglob("*.exs") if a.only in str(s))
failed = 0
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    for script, why in pool.map(run, scripts):
        if why:
            failed += 1
            print(f"FAIL {script}: {why}\n  again: {vm} {script}")
print(f"{len(scripts) - failed} passed, {failed} failed")
sys.exit(1 if failed or not scripts else 0)
