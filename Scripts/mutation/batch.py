"""Many mutants in one build: each text of the module holds all of its mutants, and an environment variable picks one.

A region is a body of a function or accessor, or a value that a declaration gives. It is written once for each mutant
and once as it is, and `if` chooses between them:

    func isEmpty() -> Bool { count < 1 }
    func isEmpty() -> Bool { if mutantIs(7) { count <= 1 } else { count < 1 } }

So a mutant in a batch compiles if it compiles alone, and an error's line tells the mutant.
"""
import re
from collections import defaultdict, namedtuple

from changes import changed, mask

VARIABLE = "MARTLET_MUTANT"
SWITCH = f"""#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

@usableFromInline let activeMutant: Int = getenv("{VARIABLE}").flatMap {{ Int(String(cString: $0)) }} ?? 0

@usableFromInline func mutantIs(_ number: Int) -> Bool {{ activeMutant == number }}
"""

# `form` is "body", "value" or "argument".
Region = namedtuple("Region", "start end form")

DECLARATION = re.compile(
    r"(?<![.\w`])(struct|class|enum|actor|extension|protocol|func|init|deinit|subscript|var|let|case|import|typealias"
    r"|associatedtype|precedencegroup|operator)\b(?! (?:func|var|let|subscript)\b)")
ACCESSOR = re.compile(
    r"(?:(?:mutating|nonmutating|@\w+) )*(?:get|set|willSet|didSet|_read|_modify)(?:\(\w+\))?"
    r"(?: async)?(?: throws)?(?:\(\w+\))? \{")
GOES_ON = re.compile(r"\s*(?:[.?:+*/|&=<>-]|&&|as\b)")
UNFINISHED = re.compile(r"(?:[:=,+*/|&?<>-])\s*$")
IS_ASSIGNMENT = re.compile(r"(?<![=<>!+*/&|.-])=(?![=])")


# --- Regions -------------------------------------------------------------------------------------------------------


def closing(code, opened):
    """Where the bracket at `opened` is closed."""
    depth = 0
    for at in range(opened, len(code)):
        depth += (code[at] in "([{") - (code[at] in ")]}")
        if depth == 0:
            return at
    return len(code)


def stop(code, at, end, letters):
    """The first of the letters outside of brackets, or the end."""
    while at < end:
        if code[at] in letters:
            return at
        at = closing(code, at) + 1 if code[at] in "([{" else at + 1
    return end


def regions(code):
    """The regions of a masked text, none of which holds another one."""
    return list(members(code, 0, len(code)))


def members(code, at, end):
    while found := DECLARATION.search(code, at, end):
        word, at = found[1], found.end()
        if word in ("struct", "class", "enum", "actor", "extension", "protocol"):
            opened = stop(code, at, end, "{")
            at = closing(code, opened) + 1
            if word != "protocol":
                yield from members(code, opened + 1, at - 1)
        elif word in ("func", "init", "deinit", "subscript"):
            opened = stop(code, at, end, "{")
            yield from arguments(code, at, opened)
            at = closing(code, opened) + 1
            yield from accessors(code, opened, at - 1)
        elif word in ("var", "let"):
            at = yield from variable(code, at, end)
        else:
            at = stop(code, at, end, "\n{")


def line_start(code, at):
    return code.rfind("\n", 0, at) + 1


def arguments(code, at, end):
    """The values that parameters have by default."""
    opened = stop(code, at, end, "(")
    for one, other in pieces(code, opened + 1, closing(code, opened)) if opened < end else []:
        found = IS_ASSIGNMENT.search(code, one, other)
        if found:
            yield Region(found.end(), other, "argument")


def pieces(code, at, end):
    while at < end:
        comma = stop(code, at, end, ",")
        yield at, comma
        at = comma + 1


def accessors(code, opened, closed):
    """The bodies between the braces of a function or a computed variable."""
    first = ACCESSOR.match(code[opened + 1:closed].lstrip("\0 \n"))
    at = opened + 1
    while first and (found := ACCESSOR.search(code, at, closed)):
        at = closing(code, found.end() - 1) + 1
        yield Region(found.end(), at - 1, "body")
    if not first and opened < closed:
        yield Region(opened + 1, closed, "body")


def variable(code, at, end):
    """The regions of the variable whose name begins at `at`; returns where it ends."""
    while True:
        at = stop(code, at, end, "\n={")
        if at < end and code[at] == "\n" and UNFINISHED.search(code, line_start(code, at), at):
            at += 1
        elif at < end and code[at] == "=":
            start, at = at + 1, value_end(code, at + 1, end)
            yield Region(start, at, "value")
        elif at < end and code[at] == "{":
            closed = closing(code, at)
            yield from accessors(code, at, closed)
            return closed + 1
        else:
            return at


def value_end(code, at, end):
    observed = re.compile(r"\{\s*(?:didSet|willSet)\b")
    while (at := next_stop(code, at, end, observed)) < end:
        unfinished = code[at] == "\n" and (UNFINISHED.search(code, line_start(code, at), at) or GOES_ON.match(code, at))
        if not unfinished:
            break
        at += 1
    return at


def next_stop(code, at, end, observed):
    """The end of a line or of a value outside of brackets, or observers."""
    while at < end and code[at] not in "\n,;" and not observed.match(code, at):
        at = closing(code, at) + 1 if code[at] in "([{" else at + 1
    return min(at, end)


# --- Texts with all of their mutants -------------------------------------------------------------------------------

# A text with mutants. An error in a line of `sure` is the fault of its mutant; in `unsure`, of one of several.
Combined = namedtuple("Combined", "text sure unsure")

# The text before a mutant, after it, before the original and after it.
FORMS = {
    "body": (" if mutantIs({}) {{\n", "\n} else", " {\n", "\n}\n"),
    "value": (" if mutantIs({}) {{\n", "\n} else", " {\n", "\n}"),
    "closure": (" if mutantIs({}) {{ (\n", "\n) } else", " { (\n", "\n) }"),
    "argument": (" mutantIs({}) ? (\n", "\n) :", " (\n", "\n)"),
}


def by_region(text, numbered):
    """The mutants of a text, which `numbered` has by number, by region. None has those that are in no region."""
    groups, known = defaultdict(dict), regions(mask(text))
    for number, mutant in numbered.items():
        around = (area for area in known if area.start <= mutant.start and mutant.end <= area.end)
        groups[next(around, None)][number] = mutant
    return groups


def combine(text, groups):
    """The text that has all mutants of `groups`."""
    pieces, done = [], 0
    for region in sorted(groups):
        pieces.append((text[done:region.start], None, ()))
        pieces += [(piece, number, set(groups[region])) for piece, number in written(text, region, groups[region])]
        done = region.end
    line, sure, unsure = 1, {}, {}
    for piece, number, group in pieces:
        end = line + piece.count("\n")
        if number:
            sure |= {at: number for at in range(line, end + 1)}
        unsure |= {at: group for at in range(line, end + 1) if group}
        line = end
    return Combined("".join(piece for piece, _, _ in pieces) + text[done:], sure, unsure)


def written(text, region, group):
    """The pieces that replace a region, and the number of the mutant that a piece is."""
    original = text[region.start:region.end]
    before, after, before_last, after_last = FORMS["closure" if original.lstrip().startswith("{") else region.form]
    for number, mutant in group.items():
        yield before.format(number), None
        yield changed(original, mutant._replace(start=mutant.start - region.start, end=mutant.end - region.start)), number
        yield after, None
    yield before_last + original + after_last, None


def self_test():
    table = [
        ("func a() {\n    b()\n}\n", ["\n    b()\n"]),
        ("struct A {\n    func b(c: Int = 4, d: () -> Void = {}) {\n        if c < 1 { d() }\n    }\n}\n",
         [" 4", " {}", "\n        if c < 1 { d() }\n    "]),
        ("extension A where B == C {\n    var d: Int { 4 }\n    let e = 5\n}\n", [" 4 ", " 5"]),
        ("var a: Int {\n    get { b }\n    set { b = newValue }\n}\n", [" b ", " b = newValue "]),
        ("var a = 4 {\n    didSet { b() }\n}\n", [" 4 ", " b() "]),
        ("static let a: [B] =\n    c\n    .filter { $0 }\nlet d = 1\n", ["\n    c\n    .filter { $0 }", " 1"]),
        ("enum A: Int { case b = 4 }\nprotocol C { var d: Int { get } }\n", []),
        ("class func a(\n    b: C\n) throws(D) -> E {\n    f\n}\nsubscript(a: B) -> C { d[a] }\n", ["\n    f\n", " d[a] "]),
    ]
    for text, expected in table:
        found = [text[region.start:region.end] for region in regions(mask(text))]
        assert found == expected, (text, found)
    print(f"{len(table)} texts have the regions that they should have.")
