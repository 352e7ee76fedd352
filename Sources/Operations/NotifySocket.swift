#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The socket by which the program tells a service manager such as systemd its state (sd_notify(3)).
package struct NotifySocket: Sendable {
    /// A message to the service manager.
    package enum Notice: Hashable, Sendable {
        /// The program has started, or has read its configuration again.
        case ready
        /// The program reads its configuration again. The time is that of CLOCK_MONOTONIC.
        case reloading(microseconds: UInt64)
        /// The program is ending.
        case stopping
        /// The program is alive. It must say so within each interval of the watchdog.
        case alive
        /// One line for the operator.
        case status(String)

        /// The notice in the form of sd_notify(3), without a newline at its end.
        package var line: String {
            switch self {
            case .ready: "READY=1"
            case .reloading(let microseconds): "RELOADING=1\nMONOTONIC_USEC=\(microseconds)"
            case .stopping: "STOPPING=1"
            case .alive: "WATCHDOG=1"
            case .status(let words): "STATUS=" + NotifySocket.oneLine(words)
            }
        }
    }

    /// The longest status in characters.
    private static let longestStatus = 300

    private let address: sockaddr_un
    private let length: socklen_t
    /// Half the interval in which the service manager awaits a sign of life (sd_watchdog_enabled(3)); nil if it awaits
    /// none from this process.
    package let pauseBetweenSigns: Duration?

    /// - Parameter environment: the environment of the process. Nil if it names no socket, which means that no service
    ///   manager listens.
    package init?(environment: [String: String]) {
        let interval = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        let isMeant = environment["WATCHDOG_PID"].map { Int32($0) == getpid() } ?? true
        guard let path = environment["NOTIFY_SOCKET"] else { return nil }
        self.init(path: path, pauseBetweenSigns: interval > 0 && isMeant ? .microseconds(interval / 2) : nil)
    }

    /// - Parameter path: the value of NOTIFY_SOCKET: an absolute path, or a name in the abstract namespace of Linux,
    ///   which begins with `@`. Nil if it is neither, or too long.
    package init?(path: String, pauseBetweenSigns: Duration? = nil) {
        guard let first = path.utf8.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@") else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            guard path.utf8.count < bytes.count else { return false }
            bytes.copyBytes(from: path.utf8)
            if first == UInt8(ascii: "@") { bytes[0] = 0 }
            return true
        }
        guard fits else { return nil }
        self.address = address
        self.pauseBetweenSigns = pauseBetweenSigns
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 0
        length = socklen_t(start + path.utf8.count + (first == UInt8(ascii: "/") ? 1 : 0))
    }

    /// Sends the notices in one datagram, and never blocks. If the service manager's socket is full, they are lost.
    /// Call it from any thread.
    package func send(_ notices: Notice...) {
        let descriptor = Self.newSocket()
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let text = notices.map(\.line).joined(separator: "\n")
        withUnsafePointer(to: address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = sendto(descriptor, text, text.utf8.count, Int32(MSG_DONTWAIT), address, length)
            }
        }
    }

    private static func newSocket() -> Int32 {
        #if os(Linux)
            socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        #else
            socket(AF_UNIX, SOCK_DGRAM, 0)
        #endif
    }

    /// The text without control characters, so that it cannot be taken for another notice.
    private static func oneLine(_ text: String) -> String {
        String(text.prefix(longestStatus).map { $0.unicodeScalars.contains { $0.value < 0x20 } ? " " : $0 })
    }
}
