import Foundation
import Glibc
import Synchronization

/// A TCP connection to loopback that speaks in lines, read on a thread of its own.
final class LineSocket: Sendable {
    private let handle: Mutex<Int32?>

    /// Connects. `received` and `ended` are called on the reading thread, in order; `ended` is called once.
    init(
        port: Int, received: @escaping @Sendable (String) -> Void, ended: @escaping @Sendable (String) -> Void
    ) throws {
        let descriptor = try Self.connect(port: port)
        handle = Mutex(descriptor)
        let input = FileDescriptor(descriptor)
        Thread.detachNewThread {
            input.readLines(received)
            self.handle.withLock { $0 = nil }
            ended("closed by the other side or by us")
            withExtendedLifetime(input) {}
        }
    }

    /// Sends a line with CR LF.
    func send(_ line: String) throws { try send(bytes: Array(line.utf8)) }

    /// Sends the bytes of a line with CR LF.
    func send(bytes: [UInt8]) throws {
        try handle.withLock { handle in
            guard let handle else {
                throw RigFailure("cannot send “\(String(decoding: bytes, as: UTF8.self))”: the connection is closed")
            }
            try Self.write(bytes + [0x0D, 0x0A], to: handle)
        }
    }

    func close() {
        handle.withLock { handle in
            if let handle { shutdown(handle, Int32(SHUT_RDWR)) }
        }
    }

    static func write(_ bytes: [UInt8], to handle: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(handle, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { throw RigFailure("cannot send: \(String(cString: strerror(errno)))") }
            rest = rest.dropFirst(sent)
        }
    }

    /// A connected socket to 127.0.0.1.
    static func connect(port: Int) throws -> Int32 {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard withLoopback(port: port, { Glibc.connect(handle, $0, $1) }) == 0 else {
            let reason = String(cString: strerror(errno))
            Glibc.close(handle)
            throw RigFailure("cannot connect to port \(port): \(reason)")
        }
        var on: Int32 = 1
        setsockopt(handle, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        return handle
    }

    /// A listening socket on 127.0.0.1.
    static func listen(port: Int) throws -> Int32 {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var on: Int32 = 1
        setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard withLoopback(port: port, { bind(handle, $0, $1) }) == 0, Glibc.listen(handle, 128) == 0 else {
            let reason = String(cString: strerror(errno))
            Glibc.close(handle)
            throw RigFailure("cannot listen on port \(port): \(reason)")
        }
        return handle
    }

    static func accepts(port: Int) -> Bool {
        guard let handle = try? connect(port: port) else { return false }
        Glibc.close(handle)
        return true
    }

    static func withLoopback(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
