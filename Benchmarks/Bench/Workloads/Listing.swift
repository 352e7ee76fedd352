/// A user asks for the first page of a network's channels (XEP-0045 §6.3, XEP-0059), of which there are very many. The
/// workload measures the time from the network's first byte until the page comes, and the memory of the list.
enum Listing {
    static let name = "list"

    static func run(_ gateway: Gateway, _ bench: Bench) throws {
        guard gateway.isMartlet else { return }
        let channels = bench.settings.listed
        try bench.stage(gateway, optionsFor: 1) { stage in
            try Cast(users: 1, channels: 1).join(stage)
            try stage.settle(seconds: 0.5)
            stage.irc.listed = channels
            stage.meter.resetPeak()
            let before = stage.meter.memory
            var firstPageAt = 0
            stage.xmpp.onAnswer = { _ in if firstPageAt == 0 { firstPageAt = nanoseconds() } }
            defer { stage.xmpp.onAnswer = { _ in } }
            stage.stream.append(
                """
                <iq type='get' from='u0@localhost/r' to='\(stage.irc.host)@\(XMPPEnd.domain)' id='list'>\
                <query xmlns='http://jabber.org/protocol/disco#items'>\
                <set xmlns='http://jabber.org/protocol/rsm'><max>50</max></set></query></iq>
                """)
            try stage.run("the first page") { firstPageAt > 0 }
            try stage.settle(seconds: 1)
            let wait = Double(firstPageAt - stage.irc.listedAt) / 1e6
            let words = "list of \(channels) channels: "
            let rows = [
                (Figure(name: words + "first page after", unit: "ms", goal: "≤ 200 ms"), wait),
                (
                    Figure(name: words + "memory of the list", unit: "MB"),
                    Double(stage.meter.peak - before) / 1000
                ),
            ]
            for (figure, value) in rows {
                bench.report.add(figure, gateway, value)
                bench.say("  \(figure.name): \(figure.words(value))")
            }
        }
    }
}
