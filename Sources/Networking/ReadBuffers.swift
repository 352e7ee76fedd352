import NIOCore

/// A buffer into which all connections of an event loop read, one after the other.
///
/// By default, NIO keeps one buffer for each connection. Of thousands of connections, few receive at a time, so most of
/// that memory would be unused.
package final class ReadBuffers {
    private let size: Int
    private let loop: any EventLoop
    private var free: ByteBuffer?

    /// - Parameter size: the number of bytes of a read. It should be small, because the loop handles a whole read before
    ///   it serves other connections.
    package init(size: Int, _ loop: any EventLoop) {
        self.size = size
        self.loop = loop
    }

    /// Lets a connection read into the common buffer. Call it on the loop, before the first read.
    package func use(for channel: any Channel) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        // NIO keeps as many buffers as it may fill before it serves other connections.
        channel.setOption(.maxMessagesPerRead, value: 1)
            .flatMap { channel.setOption(.recvAllocator, value: Allocator(buffers: bound)) }
            .whenFailure { _ in channel.close(promise: nil) }
    }

    /// Takes back a buffer whose bytes are handled. A connection that does not give it back costs an allocation.
    package func giveBack(_ buffer: ByteBuffer) {
        if buffer.storageCapacity >= size { free = buffer }
    }

    fileprivate func take(_ allocator: ByteBufferAllocator) -> ByteBuffer {
        guard var buffer = free.take() else { return allocator.buffer(capacity: size) }
        buffer.clear()
        return buffer
    }

    /// NIO keeps the first buffer of a connection for its whole life, so the first one is small. `record` returns true
    /// (the next buffer may be larger), so NIO asks for another buffer at each further read.
    private struct Allocator: RecvByteBufferAllocator {
        static let firstSize = 16

        let buffers: NIOLoopBound<ReadBuffers>
        var hasRead = false

        func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
            hasRead ? buffers.value.take(allocator) : allocator.buffer(capacity: Self.firstSize)
        }

        mutating func record(actualReadBytes: Int) -> Bool {
            hasRead = true
            return true
        }
    }
}
