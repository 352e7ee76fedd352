import Glibc

/// One connection that a gateway has made to us. The bytes in `output` are sent at the end of the turn.
final class Wire {
    let descriptor: Int32
    let token: Int
    let output = Bytes()
    private let poller: Poller
    private var isWaitingToWrite = false
    private(set) var isOpen = true
    /// Whether the wire is on the list of those to be flushed.
    var isDirty = false

    init(_ descriptor: Int32, token: Int, poller: Poller) {
        self.descriptor = descriptor
        self.token = token
        self.poller = poller
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        poller.add(descriptor, token: token)
    }

    deinit { shut() }

    /// Writes as much as the socket takes. The rest is written when the poller reports that the socket takes more.
    func flush() {
        isDirty = false
        while isOpen, output.count > 0 {
            let bytes = output.readable
            let sent = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if sent > 0 {
                output.consume(sent)
            } else if sent == -1 && errno == EINTR {
                continue
            } else {
                if errno != EAGAIN { shut() }
                break
            }
        }
        let wants = isOpen && output.count > 0
        if wants != isWaitingToWrite {
            isWaitingToWrite = wants
            if isOpen { poller.setWantsToWrite(wants, descriptor, token: token) }
        }
    }

    /// Asks the kernel to acknowledge at once. The kernel forgets this, so it is called after every read.
    func acknowledge() {
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_QUICKACK, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    func shut() {
        guard isOpen else { return }
        isOpen = false
        poller.remove(descriptor)
        close(descriptor)
    }
}

/// A listening socket on one address of this machine.
final class Listener {
    let descriptor: Int32
    let port: Int

    init(host: String, port: Int) throws {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        descriptor = socket(AF_INET, kind, 0)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let handle = descriptor
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(handle, $0, size) == 0 && listen(handle, 8192) == 0 && getsockname(handle, $0, &size) == 0
            }
        }
        self.port = Int(in_port_t(bigEndian: address.sin_port))
        guard isBound else {
            throw BenchFailure("cannot listen on \(host):\(port): \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// Accepts all connections that wait.
    func accept(_ handle: (Int32) -> Void) {
        while true {
            let guest = Glibc.accept(descriptor, nil, nil)
            guard guest >= 0 else { return }
            _ = fcntl(guest, F_SETFL, O_NONBLOCK)
            _ = fcntl(guest, F_SETFD, FD_CLOEXEC)
            handle(guest)
        }
    }
}

/// The reason why a measurement could not be made.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
