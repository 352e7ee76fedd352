import Basics
import Glibc

/// Tests whether this process could listen on an address, before it starts anything. It listens for a moment and stops
/// again.
enum ListenProbe {
    /// Why nothing can listen on the address, as a sentence for the operator; nil if it can. A port that needs a right
    /// which only the service has counts as free.
    static func flaw(_ address: Endpoint) -> String? {
        guard let candidates = candidates(address) else {
            return "\(address.host) is no address of this machine"
        }
        defer { freeaddrinfo(candidates) }
        let descriptor = socket(candidates.pointee.ai_family, Int32(SOCK_STREAM.rawValue), 0)
        // A family that this machine does not have is reported by the start itself.
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        let isFree =
            bind(descriptor, candidates.pointee.ai_addr, candidates.pointee.ai_addrlen) == 0
            && listen(descriptor, 1) == 0
        guard !isFree, errno != EACCES else { return nil }
        return words(address, errno)
    }

    /// The error of a failed start, in the same words.
    static func words(_ address: Endpoint, _ code: Int32) -> String {
        switch code {
        case EADDRINUSE: "cannot listen on \(address): \(String(cString: strerror(code))). Is another program using it?"
        case EADDRNOTAVAIL: "\(address.host) is no address of this machine"
        default: "cannot listen on \(address): \(String(cString: strerror(code)))"
        }
    }

    private static func candidates(_ address: Endpoint) -> UnsafeMutablePointer<addrinfo>? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var result: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address.host, "\(address.port)", &hints, &result) == 0 else { return nil }
        return result
    }
}
