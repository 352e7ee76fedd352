import Foundation
import NIOCore

/// The user of the system who has connected to a Unix socket.
enum PeerName {
    /// `struct ucred` of unix(7).
    private struct Credentials {
        var process: pid_t = 0
        var uid: uid_t = 0
        var gid: gid_t = 0
    }

    /// Asks the kernel (SO_PEERCRED of unix(7)). The name is that of the user, or `uid1000` if the user has none.
    static func find(of channel: any Channel) -> EventLoopFuture<String> {
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeSucceededFuture("unknown")
        }
        let credentials: EventLoopFuture<Credentials> = provider.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        return credentials.map { credentials in
            getpwuid(credentials.uid).map { String(cString: $0.pointee.pw_name) } ?? "uid\(credentials.uid)"
        }
    }
}
