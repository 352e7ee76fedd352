import NIOCore

/// Bytes of the server that have been read and not looked at, because reading has paused meanwhile: the rest of one
/// read, and what the channel still had to deliver. While there are any, nothing more is asked from the channel.
struct UnreadBytes {
    private var bytes: ByteBuffer?

    /// Whether nothing waits. Can be false with zero bytes: the parser may still hold an event.
    var isEmpty: Bool { bytes == nil }

    /// How many bytes wait.
    var count: Int { bytes?.readableBytes ?? 0 }

    /// Keeps what a parser has left of a read. An event may wait in the parser even if no byte does.
    mutating func keep(_ read: ByteBuffer, from taken: Int) {
        var rest = read
        rest.moveReaderIndex(forwardBy: min(taken, rest.readableBytes))
        append(rest)
    }

    /// Appends bytes that were read later than those that wait.
    mutating func append(_ read: ByteBuffer) {
        guard bytes != nil else { return bytes = read }
        bytes?.writeImmutableBuffer(read)
    }

    /// Removes and returns all; nil if nothing waits.
    mutating func take() -> ByteBuffer? {
        defer { bytes = nil }
        return bytes
    }
}

extension ByteBuffer {
    /// The readable bytes in place, with the error of the body.
    func withBytes<Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) -> Int {
        let result = withUnsafeReadableBytes { bytes -> Result<Int, Failure> in
            do throws(Failure) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
