import Foundation
import ServerRig

/// The runs. Each sends a number of messages, with a bounded number of them on their way, and ends when all have
/// arrived.
struct Runs {
    let messages: Int
    let users: Int
    let inFlight: Int

    /// XMPP → SMS. A message counts when its delivery receipt has come. By then the message was stored, sent to the
    /// provider, accepted and reported, and each of these steps was written to disk.
    func outbound(throughKannel: Bool) async throws {
        let webhooks = try Port.free()
        let callers = Callers(port: webhooks, connections: 8)
        let provider = try Provider(reports: callers)
        let site = try await Site.start(kannel: throughKannel, providerPort: provider.port, webhookPort: webhooks)
        let phones = try site.kannel.map { try Phones(port: $0.phonePort) }
        try await site.home.register(users)
        let before = try await site.usage()
        let kannelBefore = try await site.kannelProcessor()
        let watch = Stopwatch()
        var handedAt: Double?
        var sent = 0
        try await poll("receipts", within: .seconds(300), every: .milliseconds(2), failure: { state(site, sent) }) {
            let now = site.home.now
            guard now.errors == 0 else { throw LoadFailure("an error came back: \(now.lastError)") }
            while sent < messages, sent - now.receipts < inFlight {
                site.home.text(sent, users: users)
                sent += 1
            }
            if handedAt == nil, (phones?.received ?? provider.messages) >= messages { handedAt = watch.seconds }
            return now.receipts >= messages ? () : nil
        }
        let seconds = watch.seconds
        var report = Report(
            name: "XMPP → SMS, " + (throughKannel ? "Kannel" : "scripted provider"), messages: messages,
            seconds: seconds, used: try await site.usage(), before: before)
        report.kannel = try await site.kannelProcessor() - kannelBefore
        report.notes.append("the last was handed over after \(String(format: "%.2f", handedAt ?? seconds)) s")
        if phones == nil { report.notes.append("\(provider.connections) connections to the provider") }
        report.printLine()
        await site.stop()
    }

    /// SMS → XMPP. A message counts when its stanza has come. By then the message was stored and its webhook call
    /// was answered.
    func inbound(throughKannel: Bool) async throws {
        let webhooks = try Port.free()
        let callers = Callers(port: webhooks, connections: 8)
        let site = try await Site.start(kannel: throughKannel, providerPort: nil, webhookPort: webhooks)
        let phones = try site.kannel.map { try Phones(port: $0.phonePort) }
        try await site.home.register(users)
        let before = try await site.usage()
        let kannelBefore = try await site.kannelProcessor()
        let watch = Stopwatch()
        var sent = 0
        try await poll("messages", within: .seconds(300), every: .milliseconds(2), failure: { state(site, sent) }) {
            let arrived = site.home.now.messages
            while sent < messages, sent - arrived < inFlight {
                write(sent, phones, callers)
                sent += 1
            }
            return arrived >= messages ? () : nil
        }
        let seconds = watch.seconds
        var report = Report(
            name: "SMS → XMPP, " + (throughKannel ? "Kannel" : "webhook calls as smsbox makes them"),
            messages: messages, seconds: seconds, used: try await site.usage(), before: before)
        report.kannel = try await site.kannelProcessor() - kannelBefore
        let calls = callers.now
        if phones == nil { report.notes.append("\(calls.answered) calls answered, \(calls.again) made again") }
        report.printLine()
        await site.stop()
    }

    private func write(_ number: Int, _ phones: Phones?, _ callers: Callers) {
        let sender = Home.phone(number / users)
        let receiver = Numbers.ofPhones[number % users]
        let text = "Message number \(number) of a good many, all of about this length."
        if let phones { return phones.send(text, from: sender, to: receiver) }
        callers.call(
            Numbers.inboundPath(
                domain: Home.gateway, token: Numbers.token,
                values: ["from": sender, "to": receiver, "text": text, "charset": "UTF-8", "id": "call-\(number)"]))
    }

    private func state(_ site: Site, _ sent: Int) -> String {
        "sent \(sent), now \(site.home.now)\n\(site.martlet.log.suffix(2_000))"
    }
}
