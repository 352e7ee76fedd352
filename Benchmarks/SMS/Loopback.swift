import Foundation
import Glibc

/// TCP on 127.0.0.1 with plain blocking sockets and one thread for each connection.
struct Loopback: Sendable {
    let handle: Int32

    static func connect(port: Int) throws -> Loopback {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard withAddress(port, { Glibc.connect(handle, $0, $1) }) == 0 else {
            close(handle)
            throw LoadFailure("cannot connect to port \(port)")
        }
        return Loopback(handle: handle).withoutDelay
    }

    static func listen(port: Int) throws -> Loopback {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var on: Int32 = 1
        setsockopt(handle, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard withAddress(port, { bind(handle, $0, $1) }) == 0, Glibc.listen(handle, 512) == 0 else {
            throw LoadFailure("cannot listen on port \(port)")
        }
        return Loopback(handle: handle)
    }

    /// Accepts connections for ever, and runs `body` for each on a thread of its own.
    func serve(_ body: @escaping @Sendable (Loopback) -> Void) {
        Thread.detachNewThread {
            while true {
                let connection = accept(handle, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread {
                    body(Loopback(handle: connection).withoutDelay)
                    close(connection)
                }
            }
        }
    }

    /// Writes a text. Returns false if the other side has gone.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(handle, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult
    func write(_ text: String) -> Bool { write(Array(text.utf8)) }

    /// Reads bytes. Empty if the other side has gone.
    func read() -> ArraySlice<UInt8> {
        let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
            count = max(0, recv(handle, buffer.baseAddress, buffer.count, 0))
        }
        return bytes[...]
    }

    private var withoutDelay: Loopback {
        var on: Int32 = 1
        setsockopt(handle, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        return self
    }

    private static func withAddress(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
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

struct LoadFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
