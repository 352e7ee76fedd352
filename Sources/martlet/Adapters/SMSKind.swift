import GatewayKit
import HTTP
import Logging
import Metrics
import Networking
import Operations
import SMSAdapter
import XMPP

/// The settings of the SMS adapter.
struct SMSKind: AdapterKind {
    static let needsWebhooks = true
    let settings: SMSSettings

    init?(reading reader: ConfigReader, profiles: ProfileFolder) {
        let used = SMSSettings.providers(in: reader)
        let shipped = EmbeddedProfiles.files.filter { used.contains($0.name) }.map { ($0.name, $0.text) }
        let files = profiles.read("providers", over: shipped, reader.problems)
        let read = SMSSettings(
            reading: reader, profiles: files.nodes, broken: files.broken, own: files.own,
            known: EmbeddedProfiles.files.map(\.name))
        guard let settings = read else { return nil }
        self.settings = settings
        Self.checkOwners(settings, reader)
        if reader.problems.hasErrors { return nil }
    }

    /// Reports each owner of a number that is not a prepared bare JID. Other owners never match, because the adapter
    /// compares them with the prepared bare JIDs of users.
    private static func checkOwners(_ settings: SMSSettings, _ reader: ConfigReader) {
        for (number, owner) in settings.owners.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let jid = try? JID(owner.rawValue)
            if jid?.local != nil, jid?.bare.description == owner.rawValue { continue }
            let account = settings.accounts.first { $0.numbers.contains(number) }?.name ?? ""
            let meant = jid?.local == nil ? "" : "; write \(jid?.bare.description ?? "")"
            reader.report(
                "accounts.\(account).numbers",
                "'\(owner)', the owner of \(number), is not a bare JID such as alice@example.org\(meant)")
        }
    }

    func makeAdapter(_ environment: AdapterEnvironment) -> any Adapter {
        let (domain, health) = (environment.domain, environment.health)
        let metrics = Dictionary(
            settings.accounts.map { ($0.name, AccountMetrics(gateway: domain, account: $0.name)) },
            uniquingKeysWith: { first, _ in first })
        for account in settings.accounts { health.set("account \(account.name) of \(domain)", .ok) }
        return SMSAdapter(
            settings: settings, domain: environment.domain, eventLoop: environment.eventLoop,
            http: environment.http, mediaHTTP: environment.listener.flatMap { _ in mediaClient(environment.logger) },
            listener: environment.listener, publicURL: environment.publicURL, clock: SystemClock.now,
            logger: environment.logger,
            report: { account, reason in
                metrics[account]?.paused.record(reason == nil ? 0 : 1)
                let words = "the provider refuses the account, so its messages wait; the log tells the reason"
                health.set("account \(account) of \(domain)", reason == nil ? .ok : .failing(words))
            },
            count: { metrics[$0]?.events[$1]?.increment() })
    }

    /// The client that fetches files of messages. It is not the one that sends messages, so that slow files delay no
    /// messages. Nil if no folder for files is set.
    private func mediaClient(_ logger: Logger) -> HTTPClient? {
        guard settings.media.folder != nil else { return nil }
        var limits = HTTPClientLimits()
        limits.responseBodyBytes = settings.media.fileBytes
        limits.totalTimeout = .seconds(60)
        limits.transfersInFlight = 16
        limits.transfersPerServer = 4
        limits.waitingRequests = 2_000
        if !settings.media.allowsPrivateAddresses { limits.allowsAddress = { AddressPolicy.publicOnly.allows($0) } }
        return HTTPClient(limits: limits, logger: logger)
    }
}

/// The metrics of one provider account.
private struct AccountMetrics: Sendable {
    let paused: Gauge
    let events: [ProviderEvent: Counter]

    init(gateway: String, account: String) {
        let labels = [("gateway", gateway), ("account", account)]
        paused = Gauge(label: "martlet_account_paused", dimensions: labels)
        paused.record(0)
        events = Dictionary(
            uniqueKeysWithValues: ProviderEvent.allCases.map { event in
                let labels = labels + [("event", event.rawValue)]
                return (event, Counter(label: "martlet_provider_events_total", dimensions: labels))
            })
    }
}
