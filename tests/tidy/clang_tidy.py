#!/usr/bin/env python3
"""clang_tidy: from the compile commands of the preset "tidy" to what clang-tidy finds, by file.

clang's own warnings are among its findings, so that no file has to be compiled by clang as well.
A file that was clean is not read again while everything that decides stays the same: its text, each
header that it includes (ninja knows which, of the preset "release"), its command, the .clang-tidy
files, and clang-tidy itself. What was clean is kept outside the checkout, so that a new clone finds
it.

Usage: clang_tidy.py [--tests] [--no-analyzer] [--junit FILE] [PATH...]
         after the preset "release" was built and the preset "tidy" configured
Exit:  0 nothing found, 1 findings, 2 there is no build.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/tidy"
BUILT = ROOT / "build/release"
PROGRAM_FOLDERS = ("common/", "mockllm/", "harness/")


def cache_folder() -> pathlib.Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return pathlib.Path(os.environ.get("DRYDOCK_TIDY_CACHE") or f"{base}/drydock/clang-tidy")


@functools.cache
def digest_of(path: str) -> str:
    try:
        return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()
    except OSError:
        return "gone"


def dependencies() -> dict[str, list[str]]:
    """The files that each object was made from, as ninja recorded them."""
    command = ["ninja", "-C", str(BUILT), "-t", "deps"]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, list[str]] = {}
    target = ""
    for line in told.stdout.splitlines():
        if line.startswith("    "):
            found[target].append(os.path.normpath(BUILT / line.strip()))
        elif line:
            target = line.partition(":")[0]
            found[target] = []
    return found


def settings_digest(checks: str) -> str:
    version = subprocess.run(["clang-tidy", "--version"], stdout=subprocess.PIPE, check=True).stdout
    texts = [
        path.read_bytes()
        for path in sorted([ROOT / ".clang-tidy", *ROOT.glob("*/**/.clang-tidy")])
        if BUILD not in path.parents
    ]
    return hashlib.sha256(b"\0".join([version, checks.encode(), *texts])).hexdigest()


def key_of(entry: dict, files: list[str], settings: str) -> str:
    digest = hashlib.sha256(settings.encode())
    digest.update(entry["command"].replace(str(ROOT), "ROOT").encode())
    for file in sorted({entry["file"], *files}):
        digest.update(f"{file.replace(str(ROOT), 'ROOT')}\0{digest_of(file)}\n".encode())
    return digest.hexdigest()


def examine(file: str, checks: str) -> str:
    """What clang-tidy says, "" where it finds nothing."""
    command = ["clang-tidy", "-p", str(BUILD), "--quiet", f"--checks={checks}", file]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode == 0:
        return ""
    return ended.stdout + ended.stderr or f"clang-tidy ended {ended.returncode}"


def chosen(entries: list[dict], with_tests: bool, paths: list[str]) -> list[dict]:
    folders = (*PROGRAM_FOLDERS, "tests/") if with_tests else PROGRAM_FOLDERS
    return [
        entry
        for entry in entries
        if (inside := os.path.relpath(entry["file"], ROOT)).startswith(tuple(paths) or folders)
        and inside.endswith(".cc")
        and "verify_interface_header_sets" not in entry["command"]
    ]


def write_junit(file: str, findings: dict[str, str]) -> None:
    suite = ElementTree.Element("testsuite", name="clang-tidy", tests=str(len(findings)))
    for path, text in sorted(findings.items()):
        case = ElementTree.SubElement(suite, "testcase", classname="clang-tidy", name=path)
        if text:
            first = next((line for line in text.splitlines() if "error:" in line), text[:200])
            ElementTree.SubElement(case, "failure", message=first).text = text
    ElementTree.ElementTree(suite).write(file)


def output_of(entry: dict) -> str:
    return entry.get("output") or entry["command"].partition(" -o ")[2].split(" ")[0]


def examine_all(entries: list[dict], objects: dict[str, list[str]], checks: str) -> dict[str, str]:
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    settings = settings_digest(checks)
    keys = {entry["file"]: key_of(entry, objects[output_of(entry)], settings) for entry in entries}
    findings = {file: "" for file, key in keys.items() if (cache / key).exists()}
    waiting = sorted(set(keys) - set(findings))
    print(f"clang-tidy: {len(findings)} files clean as before, {len(waiting)} to read", flush=True)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        texts = pool.map(functools.partial(examine, checks=checks), waiting)
        for file, text in zip(waiting, texts, strict=True):
            findings[file] = text
            if not text:
                (cache / keys[file]).touch()
            else:
                print(text, flush=True)
    return {os.path.relpath(file, ROOT): text for file, text in findings.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs clang-tidy on what has changed.")
    parser.add_argument("--tests", action="store_true", help="the tests' files too")
    parser.add_argument("--no-analyzer", action="store_true", help="half the time")
    parser.add_argument("--junit", help="where to write a case per file")
    parser.add_argument("paths", nargs="*", help="only files below these")
    options = parser.parse_args()
    if not shutil.which("clang-tidy"):
        print("error: clang-tidy is missing: apt-get install clang-tidy", file=sys.stderr)
        return 2
    commands = BUILD / "compile_commands.json"
    if not commands.is_file():
        print("error: there is no build/tidy: cmake --preset tidy", file=sys.stderr)
        return 2
    entries = chosen(json.loads(commands.read_text()), options.tests, options.paths)
    objects = dependencies()
    unknown = [entry["file"] for entry in entries if output_of(entry) not in objects]
    if unknown:
        told = f"error: not built: {unknown[0]}: run tests/gate/build.sh release"
        print(f"{told} ({len(unknown)} files)", file=sys.stderr)
        return 2
    checks = "-clang-analyzer-*" if options.no_analyzer else ""
    findings = examine_all(entries, objects, checks)
    if options.junit:
        write_junit(options.junit, findings)
    return 1 if any(findings.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
