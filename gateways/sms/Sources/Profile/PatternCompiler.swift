/// Turns the text of a regular expression into the program of a `Pattern`.
struct PatternCompiler {
    private let text: [Character]
    private var at = 0
    private var depth = 0
    private var captured = false

    static func compile(_ source: String) throws(ProfileError) -> [Pattern.Step] {
        var compiler = PatternCompiler(text: Array(source))
        let steps = try compiler.alternatives()
        guard compiler.at == compiler.text.count else { throw ProfileError("')' without '(' in the pattern") }
        guard steps.count < Pattern.longestProgram else { throw ProfileError("the pattern is too long") }
        return steps + [.match]
    }

    private init(text: [Character]) { self.text = text }

    private var next: Character? { at < text.count ? text[at] : nil }

    private mutating func alternatives() throws(ProfileError) -> [Pattern.Step] {
        var steps = try sequence()
        while next == "|" {
            at += 1
            let other = try sequence()
            steps =
                [.split(1, steps.count + 2)] + Self.shifted(steps, by: 1) + [.jump(steps.count + other.count + 2)]
                + Self.shifted(other, by: steps.count + 2)
            // Empty alternatives add steps too, and all of them are copied each time.
            guard steps.count < Pattern.longestProgram else { throw ProfileError("the pattern is too long") }
        }
        return steps
    }

    private mutating func sequence() throws(ProfileError) -> [Pattern.Step] {
        var steps: [Pattern.Step] = []
        while let character = next, character != "|", character != ")" {
            let piece = repeated(try atom())
            steps += Self.shifted(piece, by: steps.count)
            guard steps.count < Pattern.longestProgram else { throw ProfileError("the pattern is too long") }
        }
        return steps
    }

    private mutating func repeated(_ piece: [Pattern.Step]) -> [Pattern.Step] {
        switch next {
        case "*":
            at += 1
            return [.split(1, piece.count + 2)] + Self.shifted(piece, by: 1) + [.jump(0)]
        case "+":
            at += 1
            return piece + [.split(0, piece.count + 1)]
        case "?":
            at += 1
            return [.split(1, piece.count + 1)] + Self.shifted(piece, by: 1)
        default: return piece
        }
    }

    private mutating func atom() throws(ProfileError) -> [Pattern.Step] {
        let character = text[at]
        at += 1
        switch character {
        case "^": return [.textStart]
        case "$": return [.textEnd]
        case ".": return [.scalar(Pattern.ScalarClass(ranges: [0x0A...0x0A], negated: true))]
        case "(": return try group()
        case "[": return [.scalar(try characterClass())]
        case "\\": return [.scalar(try escape())]
        case "*", "+", "?": throw ProfileError("'\(character)' has nothing to repeat in the pattern")
        default: return character.unicodeScalars.map { .scalar(Self.only($0)) }
        }
    }

    private mutating func group() throws(ProfileError) -> [Pattern.Step] {
        depth += 1
        guard depth <= 16 else { throw ProfileError("the pattern has too many nested groups") }
        let isFirst = !captured
        captured = true
        let inner = try alternatives()
        guard next == ")" else { throw ProfileError("'(' without ')' in the pattern") }
        at += 1
        depth -= 1
        return isFirst ? [.captureStart] + Self.shifted(inner, by: 1) + [.captureEnd] : inner
    }

    private mutating func escape() throws(ProfileError) -> Pattern.ScalarClass {
        guard let character = next else { throw ProfileError("the pattern ends with '\\'") }
        at += 1
        let digits: [ClosedRange<UInt32>] = [0x30...0x39]
        let word = digits + [0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
        let space: [ClosedRange<UInt32>] = [0x09...0x0D, 0x20...0x20]
        switch character {
        case "d": return Pattern.ScalarClass(ranges: digits)
        case "D": return Pattern.ScalarClass(ranges: digits, negated: true)
        case "w": return Pattern.ScalarClass(ranges: word)
        case "W": return Pattern.ScalarClass(ranges: word, negated: true)
        case "s": return Pattern.ScalarClass(ranges: space)
        case "S": return Pattern.ScalarClass(ranges: space, negated: true)
        case "n": return Self.only("\n")
        default:
            guard !character.isLetter, !character.isNumber, let scalar = character.unicodeScalars.first else {
                throw ProfileError("'\\\(character)' means nothing in a pattern")
            }
            return Self.only(scalar)
        }
    }

    private mutating func characterClass() throws(ProfileError) -> Pattern.ScalarClass {
        var result = Pattern.ScalarClass(ranges: [])
        if next == "^" {
            result.negated = true
            at += 1
        }
        while let character = next, character != "]" {
            at += 1
            let member = character == "\\" ? try escape() : try Self.single(character)
            guard !member.negated else { throw ProfileError("an opposite class inside [ ] is not understood") }
            if member.ranges.count == 1, next == "-", at + 1 < text.count, text[at + 1] != "]" {
                let upper = try Self.single(text[at + 1])
                at += 2
                guard let low = member.ranges.first?.lowerBound, let high = upper.ranges.first?.upperBound, low <= high
                else { throw ProfileError("a range in [ ] runs backwards") }
                result.ranges.append(low...high)
            } else {
                result.ranges += member.ranges
            }
        }
        guard next == "]" else { throw ProfileError("'[' without ']' in the pattern") }
        at += 1
        return result
    }

    private static func single(_ character: Character) throws(ProfileError) -> Pattern.ScalarClass {
        guard character.unicodeScalars.count == 1, let scalar = character.unicodeScalars.first else {
            throw ProfileError("'\(character)' is more than one character and cannot stand in [ ]")
        }
        return only(scalar)
    }

    private static func only(_ scalar: Unicode.Scalar) -> Pattern.ScalarClass {
        Pattern.ScalarClass(ranges: [scalar.value...scalar.value])
    }

    private static func shifted(_ steps: [Pattern.Step], by offset: Int) -> [Pattern.Step] {
        steps.map { step in
            switch step {
            case .split(let first, let second): .split(first + offset, second + offset)
            case .jump(let target): .jump(target + offset)
            default: step
            }
        }
    }
}
