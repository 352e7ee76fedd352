import GatewayCore
import NIOCore

/// One command of the control socket on its way through the gateways. Each page goes to the client before the next one
/// is asked for, so a slow client makes nothing wait but itself.
final class ControlRun: Sendable {
    /// Sends a reply to the client, and calls back when it is written. Nothing is called if the client has gone.
    typealias Send = @Sendable (ControlReply, _ then: @escaping @Sendable () -> Void) -> Void

    private let request: ControlRequest
    /// The name of the operator.
    private let name: String
    private let gateways: [(domain: String, gateway: NIOLoopBound<GatewayLoop>)]
    private let send: Send

    init(
        _ request: ControlRequest, by name: String,
        on gateways: [(domain: String, gateway: NIOLoopBound<GatewayLoop>)], send: @escaping Send
    ) {
        self.request = request
        self.name = name
        self.gateways = gateways
        self.send = send
    }

    func start() { ask(0, isKnown: false) }

    /// Gives the command to a gateway, by its index.
    ///
    /// - Parameter isKnown: whether a gateway before this one has the command. Gateways without it are left out.
    private func ask(_ index: Int, isKnown: Bool) {
        ask(index, ConsoleRequest(request.command, request.values, by: name), isKnown: isKnown)
    }

    private func ask(_ index: Int, _ request: ConsoleRequest, isKnown: Bool) {
        guard index < gateways.count else { return finish(isKnown: isKnown) }
        let (domain, gateway) = gateways[index]
        gateway.eventLoop.execute { [self] in
            gateway.value.console(request) { self.answered(index, domain, $0, isKnown: isKnown) }
        }
    }

    private func answered(
        _ index: Int, _ domain: String, _ result: Result<ConsoleAnswer, ConsoleRefusal>, isKnown: Bool
    ) {
        switch result {
        case .success(let answer):
            send(ControlReply(answer, gateway: domain)) { [self] in
                if let next = answer.next { ask(index, next, isKnown: true) } else { ask(index + 1, isKnown: true) }
            }
        case .failure(let refusal) where refusal.isUnknown: ask(index + 1, isKnown: isKnown)
        case .failure(let refusal):
            send(ControlReply(gateway: domain, error: refusal.words)) { [self] in ask(index + 1, isKnown: true) }
        }
    }

    private func finish(isKnown: Bool) {
        guard !isKnown else { return send(.end) {} }
        let words = gateways.isEmpty ? "No gateway runs." : "There is no command '\(request.command)' here."
        send(ControlReply(error: words)) { [self] in send(.end) {} }
    }
}
