/// A regular expression that is matched in time linear in the text, whatever its author wrote: all alternatives run
/// side by side (K. Thompson), no backtracking.
///
/// Understands literals, `.`, classes `[a-z]` `[^…]`, `\d \w \s` and their opposites, `( )`, `|`, `* + ?`, `^` and `$`
/// at the ends of the text, and `\` before any sign. The first group is the one that is captured.
struct Pattern: Sendable, Equatable {
    indirect enum Step: Sendable, Equatable {
        case scalar(ScalarClass)
        case split(Int, Int)
        case jump(Int)
        case captureStart, captureEnd
        case textStart, textEnd
        case match
    }

    /// A set of characters: ranges, or everything but them.
    struct ScalarClass: Sendable, Equatable {
        var ranges: [ClosedRange<UInt32>]
        var negated = false

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            ranges.contains { $0.contains(scalar.value) } != negated
        }
    }

    let source: String
    let steps: [Step]

    static let longestProgram = 1000
    /// Only so many characters of a text are looked at.
    static let longestText = 16_384

    init(_ source: String) throws(ProfileError) {
        self.source = source
        steps = try PatternCompiler.compile(source)
    }

    func matches(_ text: String) -> Bool { firstMatch(in: text) != nil }

    /// The captured group of the first match, or the whole match if there is no group; nil if nothing matches.
    func firstMatch(in text: String) -> String? {
        let scalars = Array(text.unicodeScalars.prefix(Self.longestText))
        var machine = PatternMachine(steps: steps, length: scalars.count)
        guard let found = machine.run(scalars) else { return nil }
        return String(String.UnicodeScalarView(scalars[found]))
    }
}

/// Runs a pattern's program over a text.
private struct PatternMachine {
    private struct Thread {
        var step: Int
        var start: Int
        var capture: Range<Int>?
        var captureOpen: Int?
    }

    let steps: [Pattern.Step]
    let length: Int
    private var threads: [Thread] = []
    private var seen: [Int]
    private var best: (start: Int, range: Range<Int>)?

    init(steps: [Pattern.Step], length: Int) {
        self.steps = steps
        self.length = length
        seen = [Int](repeating: -1, count: steps.count)
    }

    mutating func run(_ text: [Unicode.Scalar]) -> Range<Int>? {
        for position in 0...length {
            let waiting = threads
            threads = []
            follow(waiting, at: position, consumed: position > 0 ? text[position - 1] : nil)
            if best == nil { add(Thread(step: 0, start: position), at: position) }
            if threads.isEmpty, best != nil { break }
        }
        return best?.range
    }

    /// Moves every thread over the character before `position`, in order of preference; a match ends those behind it.
    private mutating func follow(_ waiting: [Thread], at position: Int, consumed: Unicode.Scalar?) {
        guard let consumed else { return }
        for thread in waiting {
            guard case .scalar(let set) = steps[thread.step], set.contains(consumed) else { continue }
            var moved = thread
            moved.step += 1
            if add(moved, at: position) { return }
        }
    }

    /// Follows all steps that take no character. True if this thread has matched.
    @discardableResult
    private mutating func add(_ thread: Thread, at position: Int) -> Bool {
        var pending = [thread]
        while var thread = pending.popLast() {
            guard seen[thread.step] != position else { continue }
            seen[thread.step] = position
            switch steps[thread.step] {
            case .scalar: threads.append(thread)
            case .match:
                best = (thread.start, thread.capture ?? thread.start..<position)
                return true
            case .jump(let target):
                thread.step = target
                pending.append(thread)
            case .split(let first, let second):
                var other = thread
                other.step = second
                thread.step = first
                pending += [other, thread]
            case .captureStart, .captureEnd, .textStart, .textEnd:
                if let passed = pass(thread, at: position) { pending.append(passed) }
            }
        }
        return false
    }

    private func pass(_ thread: Thread, at position: Int) -> Thread? {
        var thread = thread
        switch steps[thread.step] {
        case .textStart where position != 0: return nil
        case .textEnd where position != length: return nil
        case .captureStart: thread.captureOpen = position
        case .captureEnd: thread.capture = thread.captureOpen.map { $0..<position }
        default: break
        }
        thread.step += 1
        return thread
    }
}
