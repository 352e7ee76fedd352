import Basics
import GatewayKit
import NIOCore
import Networking

/// The connections of this gateway to IRC servers, with their owners. Runs on the gateway's event loop.
final class IdentTable {
    private struct Connection: Hashable {
        let ourPort: Int
        let theirPort: Int
        let theirAddress: IPAddress
    }

    private let answer: IdentSettings.Answer
    private var owners: [Connection: IdentOwner] = [:]

    init(_ answer: IdentSettings.Answer) { self.answer = answer }

    /// The owner that servers are told for an account's connections.
    func owner(_ account: AccountID, userName: MiddleParameter, hash: KeyedHash) -> IdentOwner {
        switch answer {
        case .hash:
            let bytes = hash.bytes(["ident", account.user.rawValue, account.network.rawValue])
            return IdentOwner(
                system: "OTHER", name: String(decoding: bytes.prefix(10).map(IdentTable.letter), as: UTF8.self))
        case .username: return IdentOwner(system: "UNIX", name: userName.text)
        }
    }

    /// The low five bits of a byte as a letter or digit. Servers cut names to about ten characters, so a name holds
    /// fifty bits.
    private static func letter(_ byte: UInt8) -> UInt8 {
        let value = byte & 31
        return value < 26 ? UInt8(ascii: "a") + value : UInt8(ascii: "2") + value - 26
    }

    /// The number of connections. For tests.
    var count: Int { owners.count }

    /// Adds a connection until it closes.
    func add(_ channel: any Channel, owner: IdentOwner) {
        guard let ours = channel.localAddress?.port, let peer = channel.remoteAddress, let theirs = peer.port,
            let address = peer.ipAddress.flatMap({ IPAddress($0) })
        else { return }
        let connection = Connection(ourPort: ours, theirPort: theirs, theirAddress: address)
        owners[connection] = owner
        channel.closeFuture.assumeIsolated().whenComplete { [weak self] _ in self?.owners[connection] = nil }
    }

    /// The owner of a connection whose other end has the asker's address; nil if there is none. So nobody learns about
    /// connections to other servers.
    func owner(of query: IdentQuery, askedBy address: IPAddress) -> IdentOwner? {
        owners[Connection(ourPort: query.ours, theirPort: query.theirs, theirAddress: address)]
    }
}
