import Foundation
import GatewayCore
import GatewayKit
import HTTP
import Operations
import Registry

/// The page for a person at the root of the operations address: gateways, networks, provider accounts, queues and the
/// latest faults. It loads nothing from elsewhere, and shows no secrets, no users and no texts of messages.
struct StatusPage: Sendable {
    let health: HealthRegistry
    let faults: RecentFaults
    let measured: MeasuredState
    /// The time of the program's start, in seconds since 1970.
    let started: Double

    /// Adds the page to a listener.
    func serve(on listener: WebhookListener) {
        listener.route("/", methods: [.get, .head], isExact: true) { [self] _, answer in
            let text = html(now: Date().timeIntervalSince1970)
            answer(WebhookReply(status: 200, contentType: "text/html; charset=utf-8", text: text))
        }
    }

    /// The page as HTML.
    ///
    /// - Parameter now: the time of day in seconds since 1970.
    func html(now: Double) -> String {
        let report = health.report()
        let gateways = measured.gateways.sorted { $0.key < $1.key }
        let sections = [
            PageTable("Parts", ["Part", "State"], Self.rows(of: report)),
            PageTable(
                "Gateways", ["Gateway", "Stream", "Users in memory", "Rooms"],
                gateways.map { domain, gateway in
                    let sample = gateway.sample
                    return [
                        .text(domain), sample.isStreamOpen ? .good("open") : .bad("closed"),
                        .number(sample.sizes.users), .number(sample.sizes.rooms),
                    ]
                }),
            PageTable(
                "Networks", ["Gateway", "Network", "Sessions"],
                gateways.flatMap { domain, gateway in
                    Self.networks(of: gateway.sample).map { [.text(domain), .text($0), .number($1)] }
                }),
            PageTable(
                "Messages that wait", ["Gateway", "Network", "State", "Messages", "Oldest"],
                gateways.flatMap { domain, gateway in
                    (gateway.queues ?? []).map { queue in
                        [
                            .text(domain), .text(queue.network.rawValue), .text(queue.state.words),
                            .number(queue.messages), .text(Self.words(for: now - queue.oldest.secondsSince1970)),
                        ]
                    }
                }, ifEmpty: "No message waits."),
            PageTable(
                "Latest warnings and errors", ["Time ago", "Part", "Words", "Times"],
                faults.all.map { fault in
                    let words = fault.level == "warning" ? PageTable.Cell.text(fault.words) : .bad(fault.words)
                    return [.text(Self.words(for: now - fault.time)), .text(fault.part), words, .number(fault.count)]
                }, ifEmpty: "None since the start."),
        ]
        return Self.frame(
            title: report.isHealthy ? "Martlet: all parts work" : "Martlet: some parts do not work",
            lines: ["Version \(Martlet.version), up for \(Self.words(for: now - started))."],
            body: sections.map(\.html).joined())
    }

    private static func rows(of report: HealthReport) -> [[PageTable.Cell]] {
        report.checks.sorted { $0.key < $1.key }.map { part, state in
            switch state {
            case .ok: [.text(part), .good("works")]
            case .starting: [.text(part), .text("starting")]
            case .failing(let reason): [.text(part), .bad(reason)]
            }
        }
    }

    /// The sessions of each configured network, and those of all others together.
    private static func networks(of sample: GatewaySample) -> [(String, Int)] {
        let others = sample.sessions[GatewaySample.otherNetworks].map { [("others", $0)] } ?? []
        return sample.networks.map { ($0.rawValue, sample.sessions[$0] ?? 0) } + others
    }

    /// A length of time in the two largest units: `3 d 4 h`.
    static func words(for seconds: Double) -> String {
        let all = Int(max(0, seconds))
        let parts = [(all / 86_400, "d"), (all / 3_600 % 24, "h"), (all / 60 % 60, "min"), (all % 60, "s")]
        let shown = parts.drop { $0.0 == 0 }.prefix(2)
        return shown.isEmpty ? "0 s" : shown.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }

    /// The frame of the page. Its policy forbids scripts and everything from elsewhere. Browsers load it again every
    /// 30 seconds.
    private static func frame(title: String, lines: [String], body: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>\(HTMLText.escaped(title))</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta http-equiv="refresh" content="30"><meta name="robots" content="noindex"><style>\(style)</style></head>
        <body><h1>\(HTMLText.escaped(title))</h1>
        <p>\(lines.map { HTMLText.escaped($0) }.joined(separator: " "))
        <a href="/health">Health</a> <a href="/metrics">Metrics</a></p>
        \(body)</body></html>

        """
    }

    private static let style = """
        :root{color-scheme:light dark}body{font:1rem/1.4 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem}\
        h1{font-size:1.4rem}h2{font-size:1.1rem;margin:1.5rem 0 .3rem}section{overflow-x:auto}\
        table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .6rem .25rem 0;\
        border-bottom:1px solid #8886;vertical-align:top;overflow-wrap:break-word}th{font-weight:600}\
        .n{text-align:right}.good{color:#187a34}.bad{color:#c62828;font-weight:600}\
        @media(prefers-color-scheme:dark){.good{color:#6fcf87}.bad{color:#ff8a80}}
        """
}

extension QueueCount.State {
    /// Words for an operator.
    fileprivate var words: String {
        switch self {
        case .waiting: "wait to be sent"
        case .handing: "are being sent"
        case .inbound: "wait for the XMPP server or its users"
        }
    }
}
