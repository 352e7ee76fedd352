"""The changes that turn a text in Swift into a mutant: where they can be made, and the text after them."""
import re
from collections import defaultdict, namedtuple

# Text from start to end becomes new.
Mutant = namedtuple("Mutant", "kind start end new")

EXCHANGES = {
    "comparison": [(" < ", " <= "), (" > ", " >= "), (" == ", " != "), (" === ", " !== ")],
    "boundary": [("..<", "..."), (" min(", " max("), (".first", ".last"), ("prefix(", "suffix(")],
    "logic": [(" && ", " || "), (" true", " false"), (" + ", " - "), (" += ", " -= "), (" * ", " / ")],
}
NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|""".*?"""|#".*?"#|"(?:\\\((?:[^()"\n]|"[^"\n]*"|\([^()\n]*\))*\)|\\.|[^"\\\n])*"', re.S)
CONDITION = re.compile(r"^ *(?:\} else )?(if|guard|while) (.+?(?=(?: else)? \{$)|[^{\n]+?) (?:else )?\{", re.M)
NUMBER = re.compile(r"(?<![\w$])(?<!\w\.)\d[\d_]*(?!\w|\.\d)")
NOT = re.compile(r"(?<=[ (\[])!(?=[\w(])")
CHOICE = re.compile(r" \? ([^?:\n]+) : ([^?:,()\n]+|[^?:,()\n]*\([^()\n]*\))(?=[,)\n])")
CASE = re.compile(r"^( *)case ([^:\n]+):", re.M)
ROW = re.compile(r"^( *)([\0.\d][^ :\n]*: *)([^\n]+?),?$", re.M)
STATEMENT = re.compile(
    r"^ *(?:defer \{.*\}|continue|return|throw [^\n]+"
    r"|(?:try |try\? |await |_ = )*[\w.?\[\]$!]+(?:\([^\n]*\)| [-+*/|&]*= [^\n]+))$", re.M)
UNTOUCHED = re.compile(
    r"\b(assert|precondition|assertionFailure|preconditionFailure|fatalError|reserveCapacity)\b|\.init\("
    r"|^ *self\.\w+ = \w+$")
# What may follow a text of EXCHANGES, where not everything may.
FOLLOWED_BY = {"...": r"(?=[\w(-])", ".first": r"(?!\w|\((?!where))", ".last": r"(?!\w|\((?!where))"}
SUM = re.compile(r" [+-]=? ")
CONTINUED = re.compile(r"(?:[,(\[=+*/|&?:<>-]|->|\breturn)$")
VALUE_FOLLOWS = re.compile(r"(?:->.*|\bvar .*:.*|\bget|\bswitch .*|\belse) \{$")


def mask(text):
    """The text with comments and strings blanked, in the same places."""
    return NOT_CODE.sub(lambda found: re.sub(r"[^\n]", "\0", found[0]), text)


def line_of(text, at):
    end = text.find("\n", at)
    return text[text.rfind("\n", 0, at) + 1:end if end >= 0 else len(text)]


def exchanges(code, text):
    for kind, pairs in EXCHANGES.items():
        for one, other in pairs:
            for old, new in ((one, other), (other, one)):
                for found in re.finditer(re.escape(old) + FOLLOWED_BY.get(old, r"(?!\w)" * old[-1].isalpha()), code):
                    if SUM.match(old) and "\0" in line_of(code, found.start()):
                        continue  # Texts can be added, but not subtracted.
                    yield Mutant(kind, found.start(), found.end(), new)
    for found in NUMBER.finditer(code):
        number = int(found[0].replace("_", ""))
        if number < 1000:  # Larger ones are sizes and times of which nobody promises the last digit.
            yield Mutant("boundary", found.start(), found.end(), str(number + 1))
    for found in NOT.finditer(code):
        yield Mutant("logic", found.start(), found.end(), "")
    for found in CHOICE.finditer(code):
        swapped = f" ? {text[slice(*found.span(2))]} : {text[slice(*found.span(1))]}"
        yield Mutant("branch", found.start(), found.end(), swapped)


def clauses(condition):
    """Where the clauses of a condition begin and end that are separated by commas."""
    depth, start = 0, 0
    for at, letter in enumerate(condition + ","):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            yield start, at
            start = at + 2


def conditions(code, text):
    for found in CONDITION.finditer(code):
        start, end = found.span(2)
        condition, word = text[start:end], found[1]
        binds = re.search(r"\b(let|var|case)\b|#", found[2])
        parts = list(clauses(found[2]))
        if not binds and len(parts) == 1:
            yield Mutant("branch", start, end, f"!({condition})")
            if word == "guard":
                yield Mutant("guard", start, end, f"({condition}) || Bool(true)")
        if word == "if":
            yield Mutant("branch", start, end, f"Bool(false), {condition}")
        for first, last in parts if len(parts) > 1 else []:
            if not re.search(r"\b(let|var|case)\b|#", found[2][first:last]):
                yield Mutant("guard", start + first, start + last, "Bool(true)")


def swaps(code, text):
    for pattern, group in ((CASE, 2), (ROW, 3)):
        found = list(pattern.finditer(code))
        for one, other in zip(found, found[1:]):
            if one[1] != other[1] or re.search(r"\blet\b", one[0] + other[0]):
                continue
            if any(some[0].count("(") != some[0].count(")") for some in (one, other)):
                continue
            if pattern is ROW and (other.start() != one.end() + 1 or re.search(r"[{(\[]$", one[0] + other[0])):
                continue
            (start, a), (b, end) = one.span(group), other.span(group)
            if text[start:a] != text[b:end]:
                yield Mutant("swapped", start, end, text[b:end] + text[a:b] + text[start:a])


def removals(code, text):
    for found in STATEMENT.finditer(code):
        before, after = code[:found.start()].rstrip("\0 \n"), code[found.end():].lstrip("\0 \n")
        line = before[before.rfind("\n") + 1:]
        is_value = VALUE_FOLLOWS.search(line) and after.startswith("}")
        needs_end = re.search(r"\bguard\b|\belse \{$", line) and re.match(r" *(return|throw|continue)", found[0])
        if CONTINUED.search(line) or after[:1] in ".+-?:&|,)]" or is_value or needs_end:
            continue
        if all(found[0].count(a) == found[0].count(b) for a, b in ("()", "[]", "{}")):
            indent = len(found[0]) - len(found[0].lstrip())
            yield Mutant("removed", found.start() + indent, found.end(), "")


def mutants(text):
    """All mutants of a text, by the line where they begin."""
    code, lines = mask(text), defaultdict(list)
    for source in (exchanges, conditions, swaps, removals):
        for mutant in source(code, text):
            if not UNTOUCHED.search(line_of(code, mutant.start)):
                lines[text.count("\n", 0, mutant.start) + 1].append(mutant)
    return lines


def changed(text, mutant):
    return text[:mutant.start] + mutant.new + text[mutant.end:]


def self_test():
    table = [
        ("comparison", "if a < b {\n", "if a <= b {\n"),
        ("boundary", "for x in 0..<n {\n", "for x in 0...n {\n"),
        ("boundary", "let limit = 0_99\n", "let limit = 100\n"),
        ("logic", "    return a && !b\n", "    return a && b\n"),
        ("branch", "    if isOpen { return }\n", "    if !(isOpen) { return }\n"),
        ("branch", "    if let a = b {\n", "    if Bool(false), let a = b {\n"),
        ("branch", "let a = b ? \"x\" : \"y\"\n", "let a = b ? \"y\" : \"x\"\n"),
        ("guard", "    guard a.isOpen else { return }\n", "    guard (a.isOpen) || Bool(true) else { return }\n"),
        ("guard", "    guard let a = b(1, 2), a == 3 else {\n", "    guard let a = b(1, 2), Bool(true) else {\n"),
        ("swapped", "case .a: \"x\"\ncase .b: \"y\"\n", "case .b: \"x\"\ncase .a: \"y\"\n"),
        ("swapped", "  \"a\": .b,\n  \"c\": .d,\n", "  \"a\": .d,\n  \"c\": .b,\n"),
        ("removed", "    a = b\n    c.d(e)\n}\n", "    a = b\n    \n}\n"),
        ("branch", "if a.contains(where: { $0 > 1000 }) {\n", "if !(a.contains(where: { $0 > 1000 })) {\n"),
        (None, "let limit = 1_000\n", None),
        (None, "let text = \"a\" + b\n", None),
        (None, "// if a < b\nlet c = \"a < b \\(d(\"&&\"))\"\n", None),
        (None, "func a() -> Int {\n    b(c)\n}\n", None),
        (None, "a(\n    b(c)\n)\n", None),
    ]
    for kind, before, after in table:
        found = [(m.kind, changed(before, m)) for some in mutants(before).values() for m in some]
        assert (found == []) if kind is None else ((kind, after) in found), (before, found)
    print(f"{len(table)} mutations are as they should be.")
