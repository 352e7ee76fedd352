import Basics

/// Cuts a byte stream into lines at LF, and drops lines above a limit. CRs before the LF and empty lines are removed.
struct LineFraming {
    /// 8191 bytes for tags (IRCv3 message-tags, "Size limit"), and the longest rest that a server may announce.
    static let usualLimit = 8191 + ServerSupport.longestLine

    private let limit: Int
    /// The number of lines that were dropped because they were longer than the limit.
    private(set) var overlong = 0
    private var partial: [UInt8] = []
    private var discarding = false

    init(limit: Int = LineFraming.usualLimit) { self.limit = limit }

    /// Calls `line` for each line that `chunk` completes. The pointer is valid only during the call.
    mutating func push(_ chunk: UnsafeRawBufferPointer, _ line: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        while let end = ByteScan.firstIndex(of: UInt8(ascii: "\n"), in: chunk, from: start) {
            finish(UnsafeRawBufferPointer(rebasing: chunk[start..<end]), line)
            start = end + 1
        }
        keep(chunk[start...])
    }

    /// Returns the number of lines that were dropped since the last call.
    mutating func takeOverlong() -> Int {
        defer { overlong = 0 }
        return overlong
    }

    private mutating func finish(_ end: UnsafeRawBufferPointer, _ line: (UnsafeRawBufferPointer) -> Void) {
        if discarding || partial.count + end.count > limit {
            if !discarding { overlong += 1 }
            discarding = false
        } else if partial.isEmpty {
            deliver(end, line)
        } else {
            partial.append(contentsOf: end)
            partial.withUnsafeBytes { deliver($0, line) }
        }
        partial.removeAll(keepingCapacity: partial.capacity <= 1024)
    }

    private mutating func keep(_ rest: Slice<UnsafeRawBufferPointer>) {
        guard !discarding else { return }
        guard partial.count + rest.count <= limit else {
            discarding = true
            overlong += 1
            partial = []
            return
        }
        partial.append(contentsOf: rest)
    }

    private func deliver(_ bytes: UnsafeRawBufferPointer, _ line: (UnsafeRawBufferPointer) -> Void) {
        guard let last = bytes.lastIndex(where: { $0 != UInt8(ascii: "\r") }) else { return }
        line(UnsafeRawBufferPointer(rebasing: bytes[...last]))
    }
}
