import GatewayKit

extension Sequence<Event> {
    var messages: [InboundMessage] { compactMap { if case .message(let message) = $0 { message } else { nil } } }

    var entries: [(room: RoomAddress, joined: JoinedRoom)] {
        compactMap { if case .room(let room, .joined(let joined)) = $0 { (room, joined) } else { nil } }
    }

    var notices: [String] { compactMap { if case .state(.notice(let text)) = $0 { text } else { nil } } }

    var failures: [Failure] { compactMap { if case .outcome(_, .failed(let failure)) = $0 { failure } else { nil } } }
}
