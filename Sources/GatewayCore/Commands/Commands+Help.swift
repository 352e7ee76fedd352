import GatewayKit
import XMPP

/// The list of commands in a chat.
extension Commands {
    /// Maximum of networks that `help` names.
    private static let mostNetworks = 20

    /// The answer to `help` at an address.
    ///
    /// - Parameter isExact: as in `takes`.
    func help(_ user: User, _ target: Target, isExact: Bool) -> [String] {
        let name = target.network.map(\.rawValue) ?? "this gateway"
        var lines = ["Commands of \(name):"]
        lines += (offered(at: target, user) + membership(at: target, user)).map { "\($0.word): \($0.name)" }
        lines.append("help: Show this list")
        lines += examples(at: target)
        if !isExact {
            lines.append("The beginning of a word is enough, if no other word begins with it.")
            lines.append(
                "A question also takes the words back, done and cancel. The word more continues a long list.")
        } else {
            lines.append(
                "Write these words in lower case and in full. Any other message is a line of the network's own"
                    + " protocol, and the answer of \(name) comes here. Nobody reads messages to this address. /help"
                    + " lists the commands that you can type here, in rooms and in chats with people.")
        }
        return lines
    }

    /// One line for each network of an address, with an example of each kind of address there. They are sorted by name,
    /// and those beyond `mostNetworks` are counted.
    private func examples(at target: Target) -> [String] {
        let networks = target.network.map { [$0] } ?? kernel.rules.networks.sorted { $0.rawValue < $1.rawValue }
        let lines = networks.prefix(Self.mostNetworks).compactMap { network -> String? in
            let examples = kernel.rules.examples(on: network).compactMap(example)
            return examples.isEmpty ? nil : "\(network): \(examples.joined(separator: ", "))"
        }
        guard !lines.isEmpty else { return [] }
        let more = networks.count - Self.mostNetworks
        return ["Examples of addresses:"] + lines + (more > 0 ? ["and \(more) more"] : [])
    }

    private func example(_ address: Address) -> String? {
        guard let jid = kernel.addresses.jid(address) else { return nil }
        return switch address {
        case .room: "a room is \(jid)"
        case .peer: "a person is \(jid)"
        case .network: nil
        }
    }
}
