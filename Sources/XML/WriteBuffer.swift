/// Bytes that grow at the end. An array checks at each append whether it has another owner; this buffer belongs to one
/// writer and saves that check, because a stanza is written in about thirty pieces.
struct WriteBuffer: ~Copyable {
    private var storage = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)
    /// Number of bytes written.
    private(set) var count = 0

    deinit { storage.deallocate() }

    @inline(__always)
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        if storage.count - count < bytes.count { grow(by: bytes.count) }
        guard let start = storage.baseAddress else { return }
        (start + count).update(from: source, count: bytes.count)
        count += bytes.count
    }

    mutating func append(_ text: String) {
        text.utf8.span.withUnsafeBufferPointer { append($0) }
    }

    mutating func removeAll() { count = 0 }

    mutating func removeAll(after count: Int) { self.count = min(count, self.count) }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage)[..<count]))
    }

    private mutating func grow(by more: Int) {
        let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(storage.count * 2, count + more, 1024))
        if let old = storage.baseAddress, let new = larger.baseAddress { new.update(from: old, count: count) }
        storage.deallocate()
        storage = larger
    }
}
