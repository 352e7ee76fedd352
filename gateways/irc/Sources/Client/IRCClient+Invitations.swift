import Basics
import GatewayKit
import NIOCore

/// Invitations to channels, in both directions (INVITE).
extension IRCClient {
    static let invitationHandlers = [
        HandlerRow(.invite, least: 2) { $0.receivedInvitation($1) },
        HandlerRow(341, least: 3) { $0.receivedInviting($1) },
    ]

    /// Asks a person to enter a channel that we are in. 341 or an error reply decides the outcome.
    mutating func invite(_ peer: PeerAddress, to room: RoomAddress, _ id: RequestID) {
        guard let channel = joined(room, id), let target = MiddleParameter(channel.name) else { return }
        guard let person = MiddleParameter(peer.name) else { return fail(id, IRCClient.badNick(peer.name)) }
        submit(
            id, .invite, target: fold(channel.name), secondName: fold(peer.name),
            lines: [(OutboundLine(.invite, person, target), "")])
    }

    /// Handles RPL_INVITING. Some servers name the channel first, others the nick.
    private mutating func receivedInviting(_ line: Inbound) {
        let names = [line.parameters[1], line.parameters[2]]
        let (channel, nick) = support.isChannel(names[0]) ? (names[0], names[1]) : (names[1], names[0])
        settle(outbox.eventObserved(.invite, target: fold(channel), secondName: fold(nick)), now: line.now)
    }

    /// Handles an INVITE. With invite-notify, the server also shows invitations of other people to our channels.
    private mutating func receivedInvitation(_ line: Inbound) {
        let (nick, name) = (line.parameters[0], line.parameters[1])
        guard isOwn(nick) else {
            guard let channel = channels[fold(name)], channel.isJoined, !isOwn(line.nick) else { return }
            let words = PlainText.withoutFormatting("\(line.nick) has invited \(nick).")
            return emit(.message(InboundMessage(from: .room(channel.address, nick: nil), text: words, form: .notice)))
        }
        guard limits.takesInvitation(to: fold(name), now: line.now.uptimeNanoseconds) else { return ignoreLine() }
        guard let first = name.utf8.first, surroundings.channelTypes.utf8.contains(first), MiddleParameter(name) != nil
        else { return tell("\(line.nick) invites you to \(name), a channel that this gateway cannot enter.") }
        let author =
            line.isFromServer || !IRCRules.isNick(line.nick)
            ? nil : PeerAddress(network: surroundings.network, name: IRCRules.canonical(line.nick))
        let address =
            channels[fold(name)]?.address ?? RoomAddress(network: surroundings.network, name: IRCRules.canonical(name))
        emit(.room(address, .invited(Invitation(by: author, password: channels[fold(name)]?.key))))
    }
}
