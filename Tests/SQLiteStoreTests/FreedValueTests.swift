import GatewayKit
import Registry
import Testing

@testable import SQLiteStore

/// Unique values that a user has given up stay in quarantine: other users cannot take them for a while.
@Suite struct FreedValueTests {
    private let folder: TemporaryFolder
    private let registry: SQLiteStore
    private static let day = Duration.seconds(86_400)

    init() throws {
        folder = try TemporaryFolder()
        registry = try folder.open()
    }

    private func save(
        _ user: UserID, _ phone: String, day: Double, network: NetworkID? = nil, isAssigned: Bool = false
    ) async -> Result<ChangeReply, RegistryError> {
        let terms = UniqueValueTerms(at: Self.at(day), quarantine: Self.day * 30, isAssigned: isAssigned)
        return await registry.commit(
            .saveAccount(account(user, phone: phone, network: network), unique: ["phone"], terms: terms))
    }

    private static func at(_ day: Double) -> Timestamp { Timestamp(secondsSince1970: 86_400 * day) }

    private static func quarantined(until day: Double) -> Result<ChangeReply, RegistryError> {
        .failure(.quarantined(key: "phone", until: at(day)))
    }

    @Test("After an unregistration, another user can take the number after thirty days, and its last user at once")
    func unregistered() async throws {
        #expect(await save(ann, "+15550100", day: 0) == .success(.done))
        _ = await registry.commit(.removeUser(gateway: sms, ann, unique: ["phone"], at: Self.at(10)))
        #expect(await save(bob, "+15550100", day: 39.9) == Self.quarantined(until: 40))
        #expect(await save(ann, "+15550100", day: 11) == .success(.done))
        _ = await registry.commit(.removeUser(gateway: sms, ann, unique: ["phone"], at: Self.at(12)))
        #expect(await save(bob, "+15550100", day: 41) == Self.quarantined(until: 42))
        #expect(await save(bob, "+15550100", day: 42) == .success(.done))
    }

    @Test("A number that its user has replaced by another is in quarantine too, also in settings of a network")
    func exchanged() async throws {
        _ = await save(ann, "+15550100", day: 0)
        _ = await save(ann, "+15550101", day: 1)
        #expect(await save(bob, "+15550100", day: 2) == Self.quarantined(until: 31))
        _ = await save(ann, "+15550102", day: 3, network: kannel)
        _ = await save(ann, "+15550103", day: 4, network: kannel)
        #expect(await save(bob, "+15550102", day: 5) == Self.quarantined(until: 34))
        #expect(await save(bob, "+15550101", day: 5) == .failure(.conflict(key: "phone")))
    }

    @Test("A user to whom the operator gives a number can take it in spite of the quarantine")
    func assigned() async throws {
        _ = await save(ann, "+15550100", day: 0)
        _ = await registry.commit(
            .removeAccount(gateway: sms, ann, network: nil, unique: ["phone"], at: Self.at(1)))
        #expect(await save(bob, "+15550100", day: 2) == Self.quarantined(until: 31))
        #expect(await save(bob, "+15550100", day: 2, isAssigned: true) == .success(.done))
        #expect(try await registry.count("unique_values WHERE freed_at IS NOT NULL") == 0)
        #expect(try await registry.snapshot(gateway: sms).accounts.map(\.user) == [bob])
    }

    @Test("A quarantine survives a restart, and its row is pruned when no quarantine can last that long")
    func durable() async throws {
        _ = await save(ann, "+15550100", day: 0)
        _ = await registry.commit(.removeUser(gateway: sms, ann, unique: ["phone"], at: Self.at(1)))
        await registry.close()
        let again = try folder.open()
        let terms = UniqueValueTerms(at: Self.at(2), quarantine: Self.day * 30)
        let taken = await again.commit(
            .saveAccount(account(bob, phone: "+15550100"), unique: ["phone"], terms: terms))
        #expect(taken == Self.quarantined(until: 31))
        _ = await again.commit(.prune(now: Self.at(3_661)))
        #expect(try await again.count("unique_values") == 1)
        _ = await again.commit(.prune(now: Self.at(3_662)))
        #expect(try await again.count("unique_values") == 0)
    }
}
