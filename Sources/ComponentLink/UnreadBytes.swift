import NIOCore

/// The bytes of the server that have been read but not parsed, because reading is paused: the rest of one read, and
/// bytes that the channel delivered after it. While there are any, the channel is not read.
struct UnreadBytes {
    private var bytes: ByteBuffer?

    /// Whether no bytes wait. May be false with zero bytes, if the parser may still hold an event.
    var isEmpty: Bool { bytes == nil }

    /// How many bytes wait.
    var count: Int { bytes?.readableBytes ?? 0 }

    /// Keeps the bytes of a read that the parser has not taken. An event may wait in the parser even if there are no
    /// such bytes.
    mutating func keep(_ read: ByteBuffer, from taken: Int) {
        var rest = read
        rest.moveReaderIndex(forwardBy: min(taken, rest.readableBytes))
        append(rest)
    }

    /// Appends bytes that were read later than the bytes kept so far.
    mutating func append(_ read: ByteBuffer) {
        guard bytes != nil else { return bytes = read }
        bytes?.writeImmutableBuffer(read)
    }

    /// Removes and returns all bytes; nil if nothing waits.
    mutating func take() -> ByteBuffer? {
        defer { bytes = nil }
        return bytes
    }
}

extension ByteBuffer {
    /// Passes the readable bytes to `body` in place, and throws the error of `body`.
    func withBytes<Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        let result = withUnsafeReadableBytes { bytes -> Result<Int, Failure> in
            do throws(Failure) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
