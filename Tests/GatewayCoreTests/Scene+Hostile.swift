import GatewayKit
import Testing
import XML
import XMPP

@testable import GatewayCore

extension Scene {
    /// Gives the core a stanza of `sender`. The XML has no addresses; a nil `to` leaves the stanza without one.
    func receive(from sender: String, _ xml: String, to: String?) throws {
        var element = try Element(parsing: xml, defaultNamespace: Stanza.namespace)
        element[attribute: "to"] = to
        element[attribute: "from"] = sender
        post(.stanza(try Stanza(element)))
    }

    /// Gives the core a stanza that may have a wrong form, and returns the answers: those of the core, or the one that
    /// the stream sends for it, from an address of the gateway.
    func answers(to xml: String, from sender: String, at address: String) throws -> [Stanza] {
        forget()
        do {
            try receive(from: sender, xml, to: address)
        } catch let error as StanzaFormatError {
            guard var reply = error.reply else { return [] }
            if (try? JID(address))?.domain != "gw.test" { reply[attribute: "from"] = "gw.test" }
            return [try Stanza(reply)]
        }
        return sent
    }

    /// Sends unavailable presence to the room.
    func leave(_ member: String = "anna@home.test/a", room: String = "#harbour%net@gw.test/anna") throws {
        try receive(from: member, "<presence type='unavailable'/>", to: room)
    }

    /// Lets the network accept every request, as an adapter does: first the event, then the outcome.
    func grantAll() {
        while !requests.isEmpty {
            for (account, request) in takeAsked() {
                switch request.action {
                case .join(let room, _):
                    let own = nick(of: account) ?? "nobody"
                    post(
                        .event(
                            account, .room(room, .joined(JoinedRoom(nick: own, occupants: [], topic: nil))),
                            token: nil))
                case .leave(let room, let reason):
                    post(.event(account, .room(room, .left(.left(reason: reason))), token: nil))
                default: break
                }
                post(.event(account, .outcome(request.id, .accepted(as: nil)), token: nil))
            }
        }
    }

    /// Ends every session of all kept users: the network is offline for good.
    func endNetworks() {
        for user in kept {
            for account in accounts.states[user]?.links.accounts ?? [] {
                let state = StateEvent.offline(Failure(.remoteDown, "gone"), retrying: false)
                post(.event(account, .state(state), token: nil))
            }
        }
    }
}

extension Message {
    /// Whether the message has a delay stamp (XEP-0203).
    var isDelayed: Bool { first("delay", namespace: Delay.namespace) != nil }
}

extension Stanza {
    /// The IQ; nil if it is another stanza.
    var asIQ: IQ? { if case .iq(let iq) = self { iq } else { nil } }

    var stanzaError: StanzaError? {
        switch self {
        case .message(let message): message.stanzaError
        case .presence(let presence): presence.stanzaError
        case .iq(let iq): iq.stanzaError
        }
    }
}
