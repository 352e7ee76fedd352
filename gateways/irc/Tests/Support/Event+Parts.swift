import GatewayKit

extension Sequence<Event> {
    var messages: [InboundMessage] { compactMap { if case .message(let message) = $0 { message } else { nil } } }

    var entries: [(room: RoomAddress, joined: JoinedRoom)] {
        compactMap { if case .joined(let room, let joined) = $0 { (room, joined) } else { nil } }
    }

    var notices: [String] { compactMap { if case .notice(_, let text) = $0 { text } else { nil } } }

    var failures: [Failure] { compactMap { if case .failed(_, let failure) = $0 { failure } else { nil } } }
}
