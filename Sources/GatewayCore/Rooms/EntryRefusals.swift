import Basics
import GatewayKit

/// The rooms that have lately refused to let a user in.
///
/// Some clients try to enter again every few seconds, for as long as the room refuses. After `mostQuestions` refusals
/// the client gets the last refusal again, and the network is asked at most once a minute. A request with a password
/// always goes to the network.
struct EntryRefusals {
    /// The number of refusals after which the network is asked once in each `pause`.
    static let mostQuestions = 3
    static let pause: Duration = .seconds(60)
    /// The number of rooms that are remembered. If there are more, the room with the oldest refusal is forgotten. It is
    /// the number of entries that a user may ask for in a minute by default, so that a client with more closed rooms
    /// than that meets the limit of entries.
    static let most = 300

    private struct Refusal {
        let failure: Failure
        let count: Int
        let at: Timestamp
    }

    private var refusals: [RoomAddress: Refusal] = [:]

    /// Notes that a room has refused the user.
    mutating func add(_ failure: Failure, of room: RoomAddress, now: Timestamp) {
        guard Self.isLasting(failure.kind) else { return }
        refusals[room] = Refusal(failure: failure, count: (refusals[room]?.count ?? 0) + 1, at: now)
        guard refusals.count > Self.most, let oldest = refusals.min(by: { $0.value.at < $1.value.at })?.key else {
            return
        }
        refusals[oldest] = nil
    }

    /// The last refusal, as the answer to a new request to enter the room; nil if the network has to be asked.
    func answer(for room: RoomAddress, now: Timestamp) -> Failure? {
        guard !refusals.isEmpty, let refusal = refusals[room], refusal.count >= Self.mostQuestions,
            now < refusal.at.advanced(by: Self.pause)
        else { return nil }
        return refusal.failure
    }

    /// Forgets the refusals of a room. Call it when the room has let the user in, or somebody has invited the user.
    mutating func forget(_ room: RoomAddress) { if !refusals.isEmpty { refusals[room] = nil } }

    /// Whether a refusal is so young that it may still answer a request. The user must stay loaded meanwhile.
    func areNeeded(now: Timestamp) -> Bool {
        refusals.values.contains { $0.at <= now && now < $0.at.advanced(by: Self.pause) }
    }

    /// Whether the network would probably refuse the same request again.
    private static func isLasting(_ kind: Failure.Kind) -> Bool {
        switch kind {
        case .notFound, .notAuthorized, .registrationRequired, .forbidden, .malformedAddress, .policy, .roomFull: true
        default: false
        }
    }
}
