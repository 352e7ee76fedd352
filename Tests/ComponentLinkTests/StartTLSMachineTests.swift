import Basics
import Networking
import Testing
import XML
import XMPP

@testable import ComponentLink

@Suite("Stream machine with STARTTLS")
struct StartTLSMachineTests {
    typealias Event = StreamMachine.Event
    typealias Action = StreamMachine.Action

    private static let server = Endpoint(host: "127.0.0.1", port: 5347)
    private static let untrusted = DialError.tlsFailed(server, .closed)

    private static func features(_ offer: StreamFeatures.Offer) -> Event { .features(StreamFeatures(startTLS: offer)) }

    /// The events after the connection has opened.
    private func machine(_ mode: StreamEncryption.Mode, _ events: [Event]) -> (StreamMachine, last: [Action]) {
        var machine = StreamMachine(mode)
        var last: [Action] = []
        for event in [.start, .connected] + events { last = machine.handle(event) }
        return (machine, last)
    }

    private static let handshake = [Action.sendHandshake(streamID: "a"), .startDeadline(.handshake)]
    private static let preparing = [Action.prepareTLS, .startDeadline(.startTLS)]
    private static let announced = Event.header(id: "a", announcesFeatures: true)
    private static let requested: [Event] = [announced, features(.optional), .tlsPrepared]
    private static let secured: [Event] = requested + [.answeredStartTLS(consents: true), .tlsEstablished]

    struct Case: Sendable, CustomTestStringConvertible {
        var mode = StreamEncryption.Mode.ifOffered
        let events: [Event]
        let actions: [Action]
        var testDescription: String { "\(mode): \(events)" }
    }

    private static let cases = [
        // The offer.
        Case(events: [announced], actions: [.startDeadline(.features)]),
        Case(events: [announced, features(.none)], actions: handshake),
        Case(events: [announced, features(.optional)], actions: preparing),
        Case(events: [announced, features(.required)], actions: preparing),
        Case(events: [announced, .deadline], actions: handshake),
        Case(events: [.header(id: "a"), features(.optional)], actions: preparing),
        Case(mode: .required, events: [.header(id: "a")], actions: [.startDeadline(.endOfTurn)]),
        Case(mode: .required, events: [.header(id: "a"), .deadline], actions: preparing),
        Case(mode: .required, events: [announced, .deadline], actions: preparing),
        Case(mode: .required, events: [announced, features(.none)], actions: ended(.startTLSNotOffered)),
        Case(mode: .off, events: [announced], actions: handshake),
        Case(mode: .direct, events: [announced], actions: handshake),
        // The exchange.
        Case(events: requested, actions: [.sendStartTLS]),
        Case(events: requested + [.answeredStartTLS(consents: true)], actions: [.startTLS]),
        Case(events: secured, actions: [.sendHeader, .startDeadline(.handshake)]),
        Case(events: secured + [announced], actions: handshake),
        Case(mode: .required, events: secured + [announced], actions: handshake),
        Case(events: secured + [announced, features(.required)], actions: []),
        // What goes wrong.
        Case(events: requested + [.answeredStartTLS(consents: false)], actions: ended(.startTLSRefused("<failure/>"))),
        Case(
            events: requested + [.streamError(condition: "not-authorized", text: "no TLS here")],
            actions: ended(.startTLSRefused("the stream error not-authorized, no TLS here"))),
        Case(events: requested + [.streamError(condition: "host-unknown", text: "")], actions: ended(.hostUnknown)),
        Case(
            events: requested + [.streamEnded],
            actions: dropped(.startTLSRefused("the end of the stream"), [.sendFooter])),
        Case(
            events: requested + [.malformed(.notWellFormed)],
            actions: [.sendStreamError(.notWellFormed)] + ended(.startTLSRefused("bad XML"))),
        Case(events: requested + [.disconnected], actions: dropped(.startTLSRefused("the end of the connection"))),
        Case(events: requested + [.deadline], actions: dropped(.startTLSTimedOut)),
        Case(events: [announced, features(.optional), .deadline], actions: dropped(.startTLSTimedOut)),
        Case(events: [announced, features(.optional), .tlsFailed(untrusted)], actions: dropped(.dial(untrusted))),
        Case(events: requested + [.answeredStartTLS(consents: true), .deadline], actions: dropped(.startTLSTimedOut)),
        Case(
            events: requested + [.answeredStartTLS(consents: true), .clearTextAfterProceed],
            actions: dropped(.clearTextAfterProceed)),
        Case(
            events: requested + [.answeredStartTLS(consents: true), .tlsFailed(untrusted)],
            actions: dropped(.dial(untrusted))),
        Case(events: secured + [.disconnected], actions: dropped(.closedAfterTLS)),
        Case(events: secured + [.tlsFailed(untrusted)], actions: []),
        Case(mode: .direct, events: [.disconnected], actions: dropped(.closedAfterTLS)),
        Case(mode: .off, events: [.disconnected], actions: dropped(.closedUnopened)),
        Case(events: requested + [.close], actions: [.sendFooter, .startDeadline(.close)]),
        Case(events: requested + [.answeredStartTLS(consents: true), .close, .tlsEstablished], actions: []),
        // A server that demands TLS, and does not get it.
        Case(
            mode: .off, events: [announced, features(.required)],
            actions: ended(.encryptionDemanded("it demands STARTTLS"))),
        Case(mode: .off, events: [announced, features(.optional)], actions: []),
        Case(
            events: [.header(id: "a"), .deadline, .streamError(condition: "not-authorized", text: "TLS is mandatory")],
            actions: ended(.encryptionDemanded("TLS is mandatory"))),
        Case(
            events: [.header(id: "a"), .deadline, .streamError(condition: "not-authorized", text: "")],
            actions: ended(.refused)),
        Case(
            events: secured + [announced, .streamError(condition: "not-authorized", text: "TLS is mandatory")],
            actions: ended(.refused)),
        // What comes unasked.
        Case(events: [announced, .answeredStartTLS(consents: true)], actions: []),
        Case(events: [announced, .deadline, .answeredStartTLS(consents: true)], actions: []),
        Case(events: [announced, .tlsEstablished], actions: []),
        Case(events: [announced, .clearTextAfterProceed], actions: []),
        Case(events: [announced, .deadline, .handshakeAccepted, .tlsFailed(untrusted)], actions: []),
        Case(events: [announced, .handshakeAccepted], actions: []),
        Case(events: requested + [.handshakeAccepted], actions: []),
    ]

    private static func ended(_ failure: LinkFailure) -> [Action] {
        [.sendFooter, .lose(failure), .startDeadline(.close)]
    }

    private static func dropped(_ failure: LinkFailure, _ lastActions: [Action] = []) -> [Action] {
        [.stopDeadline] + lastActions + [.closeSocket, .lose(failure), .scheduleRetry]
    }

    @Test("the last event has these actions", arguments: cases)
    func follows(_ example: Case) {
        #expect(machine(example.mode, example.events).last == example.actions)
    }

    @Test("a connection is encrypted from the TLS handshake to its end, and the next one is not")
    func encryption() {
        var (machine, _) = machine(.ifOffered, Self.secured)
        #expect(machine.isEncrypted)
        for event in [Event.disconnected, .retry, .connected] { _ = machine.handle(event) }
        #expect(!machine.isEncrypted && machine.state == .opening)
        #expect(self.machine(.direct, []).0.isEncrypted)
    }

    @Test(
        "without TLS a required encryption sends nothing but the header and the request",
        arguments: [
            [Event.header(id: "a")], [announced], [announced, features(.none)], [announced, .deadline],
            [announced, features(.optional), .tlsPrepared, .handshakeAccepted],
        ])
    func keepsTheSecret(events: [Event]) {
        var machine = StreamMachine(.required)
        var actions: [Action] = []
        for event in [.start, .connected] + events + [.deadline, .streamEnded] { actions += machine.handle(event) }
        #expect(!actions.contains { if case .sendHandshake = $0 { true } else { $0 == .open } })
    }
}
