/// A place in the traffic through a `FaultProxy`.
package struct FaultPoint: Sendable {
    /// The direction, seen from the side that connects. That is Martlet for streams, IRC and providers, and the
    /// provider for webhooks.
    package enum Way: Sendable, CaseIterable { case outward, inward }

    enum Place: Sendable {
        case afterBytes(Int)
        case before([UInt8])
        case after([UInt8])
    }

    let way: Way
    let place: Place

    /// The point after that many bytes of a connection.
    package static func bytes(_ count: Int, _ way: Way) -> FaultPoint {
        FaultPoint(way: way, place: .afterBytes(count))
    }

    /// The point just before these words pass: one side has written them, and the other has not seen them.
    package static func before(_ words: String, _ way: Way) -> FaultPoint {
        FaultPoint(way: way, place: .before(Array(words.utf8)))
    }

    /// The point just after these words have passed.
    package static func after(_ words: String, _ way: Way) -> FaultPoint {
        FaultPoint(way: way, place: .after(Array(words.utf8)))
    }
}

extension FaultPoint {
    /// The greatest length in bytes of words that are found even if they arrive in pieces.
    static let longestWords = 256

    /// The offsets of this point in `chunk`. `history` holds the bytes before the chunk, `passed` is the number of all
    /// bytes before it.
    func offsets(in chunk: [UInt8], history: [UInt8], passed: Int) -> [Int] {
        switch place {
        case .afterBytes(let count): return (passed..<(passed + chunk.count)).contains(count) ? [count - passed] : []
        case .before(let words): return Self.ends(of: words, chunk, history).map { max(0, $0 - words.count) }
        case .after(let words): return Self.ends(of: words, chunk, history)
        }
    }

    /// The ends of the words in the chunk, including words that began before it.
    private static func ends(of words: [UInt8], _ chunk: [UInt8], _ history: [UInt8]) -> [Int] {
        let tail = history.suffix(words.count - 1)
        let text = Array(tail) + chunk
        guard text.count >= words.count else { return [] }
        return (0...(text.count - words.count)).compactMap { start in
            guard text[start] == words[0], text[start..<(start + words.count)].elementsEqual(words) else { return nil }
            return start + words.count - tail.count
        }
    }
}
