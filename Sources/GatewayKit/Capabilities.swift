/// What can be done towards the addresses of one scope, as graded data. The core decides by it before it asks the
/// adapter, and computes from it what it advertises. It keeps the newest for each scope and never asks for them.
///
/// **When an adapter emits `StateEvent.capabilities`.** Within `Adapter.open`, before any other event, once for each of
/// `network`, `peers`, `rooms` and each kind of peers that it tells apart (`CapabilityTable.announce`). A session that is
/// not connected yet says what its network is expected to be able to do, because by that the first request is judged. After that,
/// each time when something has changed: the network has told what it supports, an account's rights are others. For
/// one room, only where it differs from `rooms`: before `RoomEvent.joined`, and again when it changes; it is forgotten
/// with `RoomEvent.left`. Never twice in a row the same for one scope.
package struct Capabilities: Sendable, Equatable, Codable {
    /// How well something is served, best last. It tells what the adapter does with such a request, and nothing that
    /// the core may do instead.
    package enum Grade: Int, Sendable, Comparable, Codable {
        /// It fails as `unsupported`.
        case rejected
        /// It is accepted and left out, because nobody misses it.
        case dropped
        /// It is accepted and served by something near to it, such as text.
        case fallback
        /// Served with limits: it may fail where `full` would not.
        case partial
        case full

        package static func < (a: Grade, b: Grade) -> Bool { a.rawValue < b.rawValue }
    }

    /// How much of something is taken. Nil: no limit that is known.
    package struct Limits: Sendable, Equatable, Codable {
        /// UTF-8 bytes of the longest text of one message; a longer one fails.
        package var textBytes: Int?
        /// Lines of one message.
        package var lines: Int?
        /// Bytes of the largest file.
        package var fileBytes: Int?
        /// Media types of files that are taken, as in MIME; `image/*` stands for all images.
        package var mediaTypes: [String]?
        /// Occupants of the largest room.
        package var groupSize: Int?

        package init(
            textBytes: Int? = nil, lines: Int? = nil, fileBytes: Int? = nil, mediaTypes: [String]? = nil,
            groupSize: Int? = nil
        ) {
            self.textBytes = textBytes
            self.lines = lines
            self.fileBytes = fileBytes
            self.mediaTypes = mediaTypes
            self.groupSize = groupSize
        }
    }

    /// Nothing can be done.
    package static let none = Capabilities([:])

    /// Shared by all copies: the core keeps capabilities for every session, and most sessions have the same.
    private final class Shared: Sendable {
        let grades: [Ability: Grade]
        let limits: Limits

        init(_ grades: [Ability: Grade], _ limits: Limits) {
            self.grades = grades
            self.limits = limits
        }
    }

    /// The grade of `Ability.text`, which is looked at with every message.
    package let text: Grade
    private let shared: Shared

    /// What is not graded is rejected.
    package init(_ grades: [Ability: Grade], limits: Limits = Limits()) {
        shared = Shared(grades, limits)
        text = grades[.text] ?? .rejected
    }

    package var limits: Limits { shared.limits }

    package subscript(ability: Ability) -> Grade { shared.grades[ability] ?? .rejected }

    package static func == (a: Capabilities, b: Capabilities) -> Bool {
        a.shared === b.shared || a.shared.grades == b.shared.grades && a.shared.limits == b.shared.limits
    }

    /// Whether a request towards one of these addresses is accepted and left out. For adapters, in the `default` of
    /// their switch over requests.
    package func drops(_ action: Request.Action) -> Bool { action.ability.map { self[$0] == .dropped } ?? false }
}

extension Capabilities {
    private enum Keys: String, CodingKey { case grades, limits }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Keys.self)
        let named = try values.decode([String: Grade].self, forKey: .grades)
        let grades = Dictionary(uniqueKeysWithValues: named.map { (Ability($0.key), $0.value) })
        self.init(grades, limits: try values.decode(Limits.self, forKey: .limits))
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Keys.self)
        let named = Dictionary(uniqueKeysWithValues: shared.grades.map { ($0.key.rawValue, $0.value) })
        try values.encode(named, forKey: .grades)
        try values.encode(limits, forKey: .limits)
    }
}
