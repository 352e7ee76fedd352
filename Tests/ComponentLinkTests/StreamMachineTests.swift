import Basics
import Networking
import Testing
import XML
import XMPP

@testable import ComponentLink

@Suite("Stream machine")
struct StreamMachineTests {
    private typealias Event = StreamMachine.Event
    private typealias Action = StreamMachine.Action
    private typealias State = StreamMachine.State

    private static let offer = Event.features(StreamFeatures(startTLS: .optional))
    private static let refused = DialError.refused(Endpoint(host: "127.0.0.1", port: 5347))

    /// The shortest sequence of events to each state.
    private static let ways: [(State, [Event])] = [
        (.idle, []),
        (.connecting, [.start]),
        (.opening, [.start, .connected]),
        (.negotiating, [.start, .connected, .header(id: "a")]),
        (.preparingTLS, [.start, .connected, .header(id: "a"), offer]),
        (.requestingTLS, [.start, .connected, .header(id: "a"), offer, .tlsPrepared]),
        (
            .handshakingTLS,
            [.start, .connected, .header(id: "a"), offer, .tlsPrepared, .answeredStartTLS(consents: true)]
        ),
        (.authenticating, [.start, .connected, .header(id: "a"), .deadline]),
        (.open, [.start, .connected, .header(id: "a"), .deadline, .handshakeAccepted]),
        (.closing(retry: true), [.start, .connected, .malformed(.restricted)]),
        (.closing(retry: false), [.start, .connected, .close]),
        (.waiting, [.start, .dialFailed(refused)]),
        (.ended, [.close]),
    ]

    private static func machine(in state: StreamMachine.State) throws -> StreamMachine {
        let way = try #require(ways.first { $0.0 == state })
        var machine = StreamMachine()
        for event in way.1 { _ = machine.handle(event) }
        #expect(machine.state == state)
        return machine
    }

    @Test(
        "each event in its state has its actions and its next state",
        arguments: [
            (State.idle, Event.start, State.connecting, [Action.dial]),
            (.idle, .close, .ended, [.end]),
            (.connecting, .connected, .opening, [.sendHeader, .startDeadline(.handshake)]),
            (.connecting, .dialFailed(refused), .waiting, [.lose(.dial(refused)), .scheduleRetry]),
            (.connecting, .close, .ended, [.end]),
            (.opening, .header(id: "3BF9"), .negotiating, [.startDeadline(.endOfTurn)]),
            (.negotiating, .deadline, .authenticating, [.sendHandshake(streamID: "a"), .startDeadline(.handshake)]),
            (.opening, .unusableHeader(.notForComponents("it is odd")), .opening, [.startDeadline(.streamError)]),
            (.authenticating, .unusableHeader(.notForComponents("it is odd")), .authenticating, []),
            (
                .opening, .streamError(condition: "host-unknown", text: ""), .closing(retry: true),
                [.sendFooter, .lose(.hostUnknown), .startDeadline(.close)]
            ),
            (
                .opening, .notXMPP("x"), .closing(retry: true),
                [.sendFooter, .lose(.notForComponents("x")), .startDeadline(.close)]
            ),
            (
                .opening, .malformed(.notWellFormed), .closing(retry: true),
                [
                    .sendStreamError(.notWellFormed), .sendFooter, .lose(.notForComponents("it does not speak XMPP")),
                    .startDeadline(.close),
                ]
            ),
            (
                .opening, .deadline, .waiting,
                [.stopDeadline, .sendFooter, .closeSocket, .lose(.noHandshake), .scheduleRetry]
            ),
            (.opening, .disconnected, .waiting, [.stopDeadline, .closeSocket, .lose(.closedUnopened), .scheduleRetry]),
            (.opening, .close, .closing(retry: false), [.sendFooter, .startDeadline(.close)]),
            (.opening, .handshakeAccepted, .opening, []),
            (.authenticating, .handshakeAccepted, .open, [.stopDeadline, .open]),
            (
                .authenticating, .streamError(condition: "not-authorized", text: "no"), .closing(retry: true),
                [.sendFooter, .lose(.refused), .startDeadline(.close)]
            ),
            (
                .authenticating, .streamError(condition: "conflict", text: ""), .closing(retry: true),
                [.sendFooter, .lose(.conflict), .startDeadline(.close)]
            ),
            (
                .authenticating, .deadline, .waiting,
                [.stopDeadline, .sendFooter, .closeSocket, .lose(.noHandshake), .scheduleRetry]
            ),
            (.authenticating, .header(id: "b"), .authenticating, []),
            (
                .open, .malformed(.badNamespacePrefix), .closing(retry: true),
                [
                    .sendStreamError(.badNamespacePrefix), .sendFooter, .lose(.badXML(.badNamespacePrefix)),
                    .startDeadline(.close),
                ]
            ),
            (
                .open, .streamEnded, .waiting,
                [.stopDeadline, .sendFooter, .closeSocket, .lose(.closedByServer), .scheduleRetry]
            ),
            (
                .open, .streamError(condition: "system-shutdown", text: "bye"), .closing(retry: true),
                [
                    .sendFooter, .lose(.streamError(condition: "system-shutdown", text: "bye")),
                    .startDeadline(.close),
                ]
            ),
            (.open, .wentSilent, .waiting, [.stopDeadline, .closeSocket, .lose(.dead), .scheduleRetry]),
            (.open, .fenceLost, .closing(retry: true), [.sendFooter, .lose(.fenceLost), .startDeadline(.close)]),
            (.open, .deadline, .open, []),
            (.open, .handshakeAccepted, .open, []),
            (.open, .close, .closing(retry: false), [.sendFooter, .startDeadline(.close)]),
            (.closing(retry: true), .streamEnded, .waiting, [.stopDeadline, .closeSocket, .scheduleRetry]),
            (.closing(retry: true), .deadline, .waiting, [.stopDeadline, .closeSocket, .scheduleRetry]),
            (.closing(retry: true), .disconnected, .waiting, [.stopDeadline, .closeSocket, .scheduleRetry]),
            (.closing(retry: true), .streamError(condition: "x", text: ""), .closing(retry: true), []),
            (.closing(retry: true), .close, .closing(retry: false), []),
            (.closing(retry: false), .streamEnded, .ended, [.stopDeadline, .closeSocket, .lose(.closed), .end]),
            (.closing(retry: false), .deadline, .ended, [.stopDeadline, .closeSocket, .lose(.closed), .end]),
            (.closing(retry: false), .disconnected, .ended, [.stopDeadline, .closeSocket, .lose(.closed), .end]),
            (
                .closing(retry: false), .malformed(.notWellFormed), .ended,
                [.stopDeadline, .closeSocket, .lose(.closed), .end]
            ),
            (.waiting, .retry, .connecting, [.dial]),
            (.waiting, .disconnected, .waiting, []),
            (.waiting, .close, .ended, [.end]),
            (.ended, .retry, .ended, []),
            (.ended, .connected, .ended, [.closeSocket]),
            (.ended, .dialFailed(refused), .ended, []),
            (.ended, .close, .ended, [.end]),
        ])
    private func transition(from: State, event: Event, to: State, actions: [Action]) throws {
        var machine = try Self.machine(in: from)
        #expect(machine.handle(event) == actions)
        #expect(machine.state == to)
    }

    @Test("a stream that was closed on purpose ends and never dials again, whatever event comes")
    func endsForGood() throws {
        let events: [Event] = [
            .start, .connected, .dialFailed(Self.refused), .header(id: "a"), .notXMPP(""), .handshakeAccepted,
            .streamError(condition: "conflict", text: ""), .malformed(.restricted), .disconnected, .retry, .wentSilent,
            .fenceLost, .streamEnded, .deadline, Self.offer, .tlsPrepared, .answeredStartTLS(consents: true),
            .answeredStartTLS(consents: false), .clearTextAfterProceed, .tlsEstablished, .tlsFailed(Self.refused),
        ]
        for (state, _) in Self.ways {
            var machine = try Self.machine(in: state)
            var actions = machine.handle(.close)
            for event in events { actions += machine.handle(event) }
            #expect(machine.state == .ended)
            #expect(!actions.contains(.dial) && !actions.contains(.scheduleRetry))
            #expect(actions.filter { $0 == .end }.count == 1)
        }
    }

    @Test("stanzas count while the link is open and while it is closed on purpose")
    func takesStanzas() throws {
        for (state, _) in Self.ways {
            let machine = try Self.machine(in: state)
            #expect(machine.takesStanzas == (state == .open || state == .closing(retry: false)))
            #expect(machine.isOpen == (state == .open))
        }
    }
}
