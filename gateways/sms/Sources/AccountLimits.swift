import Foundation
import GatewayKit

/// The operator's limits for an account with a provider: how much users may send, and when.
struct AccountLimits: Sendable {
    /// The name of the account, which is part of the counters.
    let account: String
    /// Parts that each user may send in a day; nil if there is no limit.
    var userPartsPerDay: Int?
    /// Parts that all users together may send in a month; nil if there is no limit.
    var partsPerMonth: Int?
    /// The money that all users together may spend in a month, by the prices that the provider tells; nil if there is
    /// no limit.
    var spendPerMonth: Double?
    /// The currency that users see in the error. Prices are not converted to it.
    var currency: String?
    var quietHours: QuietHours?
    /// The time zone of the days, months and quiet hours.
    var local = LocalTime()

    /// Whether texts count against any limit. Quiet hours are none.
    var counts: Bool { userPartsPerDay != nil || partsPerMonth != nil || spendPerMonth != nil }

    /// The charge for a text of this many parts; nil if there are no limits.
    func charge(_ parts: Int, at now: Timestamp) -> Charge? {
        guard counts else { return nil }
        var limits: [Charge.Limit] = []
        if let userPartsPerDay {
            let day = local.day(of: now)
            limits.append(
                Charge.Limit(
                    counter: "\(account)/\(day.name)", most: Double(userPartsPerDay), unit: .parts,
                    period: .day, isShared: false, endsAt: day.end))
        }
        let month = local.month(of: now)
        func monthly(_ kind: String, _ most: Double, _ unit: Charge.Limit.Unit) -> Charge.Limit {
            Charge.Limit(
                counter: "\(account)/\(month.name)/\(kind)", most: most, unit: unit, period: .month, isShared: true,
                endsAt: month.end)
        }
        if let partsPerMonth { limits.append(monthly("parts", Double(partsPerMonth), .parts)) }
        if let spendPerMonth { limits.append(monthly("money", spendPerMonth, .money(currency: currency))) }
        return Charge(parts: parts, limits: limits)
    }
}

extension AccountLimits {
    /// Reads the keys `limits`, `quiet-hours` and `time-zone` of an account. Faults are reported through the reader.
    init(reading reader: ConfigReader, account: String) {
        self.init(account: account)
        quietHours = reader.map("quiet-hours").flatMap { QuietHours(reading: $0) }
        if let name = reader.string("time-zone") {
            if let zone = TimeZone(identifier: name) {
                local = LocalTime(zone: zone)
            } else {
                reader.report("time-zone", "'\(name)' is not a time zone, such as Europe/Berlin")
            }
        }
        guard let limits = reader.map("limits") else { return }
        defer { limits.finish() }
        let most = 1_000_000_000
        userPartsPerDay = limits.integer("user-parts-per-day", in: 1...most)
        partsPerMonth = limits.integer("parts-per-month", in: 1...most)
        spendPerMonth = limits.number("spend-per-month", in: 0.01...Double(most))
        currency = limits.string("currency").map { String($0.prefix(8)) }
        if currency != nil, spendPerMonth == nil {
            limits.report("currency", "a currency needs 'spend-per-month'")
        }
    }
}
