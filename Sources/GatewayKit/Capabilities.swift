/// Grades for the abilities that the addresses of one scope have, and limits. The core checks a request against them
/// before it passes the request to the adapter, and computes from them the features that it advertises. The core keeps
/// the newest capabilities of each scope and never asks for them: the adapter emits `StateEvent.capabilities`.
///
/// **When an adapter emits `StateEvent.capabilities`:**
///
/// * Within `Adapter.open`, before any other event: once each for `network`, `peers`, `rooms` and every kind of peers
///   with capabilities of its own (`CapabilityTable.announce` does this). A session that is not connected yet emits the
///   capabilities that it expects of its network, because the core checks the first request against them.
/// * Later, whenever the capabilities of a scope change: the network has told which features it supports, or the
///   account has gained or lost rights.
/// * For one room, only where its capabilities differ from those of `rooms`: before `RoomEvent.joined`, and again when
///   they change. The core forgets them at `RoomEvent.left`.
/// * Never the same capabilities twice in a row for one scope.
package struct Capabilities: Sendable, Equatable, Codable {
    /// How well an adapter serves a request, best grade last. The grade says what the adapter does with the request.
    /// The core may still serve a rejected request in another way.
    package enum Grade: Int, Sendable, Comparable, Codable {
        /// The adapter fails the request as `unsupported`.
        case rejected
        /// The adapter accepts the request and does nothing, because nobody misses the effect.
        case dropped
        /// The adapter accepts the request and sends a substitute, such as text.
        case fallback
        /// The adapter serves the request with limits: it may fail where `full` would not.
        case partial
        case full

        package static func < (a: Grade, b: Grade) -> Bool { a.rawValue < b.rawValue }
    }

    /// The largest values that the network accepts. Nil means that no limit is known.
    package struct Limits: Sendable, Equatable, Codable {
        /// UTF-8 bytes of the longest text of one message. A message with a longer text fails.
        package var textBytes: Int?
        /// The largest number of lines in one message.
        package var lines: Int?
        /// Bytes of the largest file.
        package var fileBytes: Int?
        /// The MIME types of files that the network accepts; `image/*` stands for all images.
        package var mediaTypes: [String]?
        /// The number of occupants of the largest room.
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

    /// Rejects everything.
    package static let none = Capabilities([:])

    /// All copies share one instance: the core keeps capabilities for every session, and most sessions have equal ones.
    private final class Shared: Sendable {
        let grades: [Ability: Grade]
        let limits: Limits

        init(_ grades: [Ability: Grade], _ limits: Limits) {
            self.grades = grades
            self.limits = limits
        }
    }

    /// The grade of `Ability.text`. The core reads it for every message, so it is stored outside `shared`.
    package let text: Grade
    private let shared: Shared

    /// - Parameter grades: an ability without a grade counts as `rejected`.
    package init(_ grades: [Ability: Grade], limits: Limits = Limits()) {
        shared = Shared(grades, limits)
        text = grades[.text] ?? .rejected
    }

    package var limits: Limits { shared.limits }

    package subscript(ability: Ability) -> Grade { shared.grades[ability] ?? .rejected }

    package static func == (a: Capabilities, b: Capabilities) -> Bool {
        a.shared === b.shared || a.shared.grades == b.shared.grades && a.shared.limits == b.shared.limits
    }

    /// Whether the request's grade is `dropped`. Adapters call it in the `default` case of their switch over requests:
    /// they accept a dropped request and refuse any other.
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
