import GatewayKit

extension IRCSession {
    /// What can be done. It is the same on every network, connected or not.
    static let capabilities = CapabilityTable(
        network: Capabilities([.nickChange: .full, .presence: .dropped]),
        peers: Capabilities(messages, limits: limits),
        rooms: Capabilities(messages.merging([.join: .full, .topic: .full, .kick: .full]) { $1 }, limits: limits))

    private static let messages: [Ability: Capabilities.Grade] = [
        .text: .full, .action: .full, .notice: .fallback, .file: .fallback, .typing: .dropped, .read: .dropped,
    ]

    /// As much as fits into the lines that may wait, if they are not too short.
    private static let limits = Capabilities.Limits(textBytes: 32_768)

    /// Why a request is not carried out that is never written to the network; nil if it is dropped, which counts as
    /// done.
    static func refusal(of action: Request.Action, network: String) -> Failure? {
        if capabilities.capabilities(of: action.address).drops(action) { return nil }
        if case .send(_, to: .network) = action {
            return Failure(.unsupported, "\(network) itself takes no messages.")
        }
        return Failure(.unsupported, "\(network) cannot do this, or this gateway does not know how to ask for it.")
    }
}
