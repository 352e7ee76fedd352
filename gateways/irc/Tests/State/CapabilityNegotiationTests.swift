import Testing

@testable import IRCAdapter

struct CapabilityNegotiationTests {
    /// Feeds the lines. Returns the lines that are sent in answer to each.
    private func run(_ lines: [String]) throws -> (sent: [[String]], negotiation: CapabilityNegotiation) {
        var negotiation = CapabilityNegotiation()
        let sent = try lines.map { line in
            negotiation.received(try IRCMessage(line).parameters).map(\.text)
        }
        return (sent, negotiation)
    }

    @Test("ngIRCd: only multi-prefix")
    func ngircd() throws {
        let (sent, negotiation) = try run(["CAP * LS :multi-prefix", "CAP me ACK :multi-prefix"])
        #expect(sent == [["CAP REQ :multi-prefix"], []])
        #expect(negotiation.enabled == [.multiPrefix])
        #expect(negotiation.isSettled)
    }

    @Test("InspIRCd: the full set, with values, modifiers and a trailing space")
    func inspircd() throws {
        let names = [
            "account-notify", "account-tag", "away-notify", "batch", "cap-notify", "chghost", "echo-message",
            "extended-join", "extended-monitor", "labeled-response", "message-tags", "multi-prefix", "sasl",
            "server-time", "setname", "znc.in/self-message",
        ].joined(separator: " ")
        let offer =
            names.replacing("sasl", with: "sts=port=6697 sasl=PLAIN,EXTERNAL userhost-in-names draft/no-implicit-names")
            + " "
        let (sent, negotiation) = try run(["CAP * LS :" + offer, "CAP me ACK :" + names + " "])
        #expect(sent[0] == ["CAP REQ :" + names])
        #expect(negotiation.enabled == Set(Capability.allCases).subtracting([.multiline, .accountRegistration]))
        #expect(negotiation.isSettled)
    }

    @Test("The values of offers are kept, replaced and forgotten, also those that we do not ask for")
    func values() throws {
        var negotiation = CapabilityNegotiation()
        func receive(_ line: String) throws { _ = negotiation.received(try IRCMessage(line).parameters) }
        try receive("CAP * LS * :sasl=PLAIN,EXTERNAL batch sts=port=6697,duration=9")
        try receive("CAP * LS :draft/x= echo-message")
        #expect(negotiation.offers["sasl"] == "PLAIN,EXTERNAL")
        #expect(negotiation.offers["sts"] == "port=6697,duration=9")
        #expect(negotiation.offers["batch"] == "" && negotiation.offers["draft/x"] == "")
        #expect(negotiation.offers["sas"] == nil)
        #expect(negotiation.offers.known == [.batch, .echoMessage, .sasl])
        try receive("CAP me NEW :sasl=EXTERNAL")
        #expect(negotiation.offers["sasl"] == "EXTERNAL")
        try receive("CAP me DEL :sasl batch=x")
        #expect(negotiation.offers["sasl"] == nil && negotiation.offers["batch"] == nil)
        #expect(negotiation.offers["sts"] != nil)
    }

    @Test("The number of offers that are kept is limited, and the first ones stay")
    func endlessOffers() throws {
        var offers = CapabilityOffers()
        for number in 1...1000 { offers.add("cap-\(number)=x") }
        #expect((1...1000).count { offers["cap-\($0)"] != nil } == CapabilityOffers.limit)
        offers.add("cap-1=y")
        #expect(offers["cap-1"] == "y")
    }

    @Test("Capabilities are requested once a list in several lines is complete")
    func severalLines() throws {
        let (sent, negotiation) = try run(["CAP * LS * :batch other", "CAP * LS :echo-message"])
        #expect(sent == [[], ["CAP REQ :batch echo-message"]])
        #expect(!negotiation.isSettled)
    }

    @Test("Many capabilities are requested in several lines, and all of them must be answered")
    func longRequest() throws {
        var negotiation = CapabilityNegotiation(requestLimit: 30)
        let names = "batch echo-message labeled-response multi-prefix"
        let lines = negotiation.received(try IRCMessage("CAP * LS :\(names)").parameters).map(\.text)
        #expect(lines == ["CAP REQ :batch echo-message", "CAP REQ :labeled-response multi-prefix"])
        _ = negotiation.received(try IRCMessage("CAP * ACK :batch echo-message").parameters)
        #expect(!negotiation.isSettled)
        _ = negotiation.received(try IRCMessage("CAP * ACK :labeled-response multi-prefix").parameters)
        #expect(negotiation.isSettled && negotiation.enabled.count == 4)
    }

    @Test("A capability that is not wanted is not requested, at the start or later")
    func unwanted() throws {
        var negotiation = CapabilityNegotiation(without: [.batch])
        #expect(negotiation.received(try IRCMessage("CAP * LS :batch").parameters).isEmpty)
        #expect(negotiation.isSettled)
        #expect(negotiation.received(try IRCMessage("CAP me NEW :batch").parameters).isEmpty)
    }

    @Test("After a refusal each capability is requested alone, and only the refused one stays off")
    func refusal() throws {
        let (sent, negotiation) = try run([
            "CAP * LS :batch echo-message server-time", "CAP * NAK :batch echo-message server-time",
            "CAP * ACK :batch", "CAP * NAK :echo-message", "CAP * ACK :server-time",
        ])
        #expect(sent[1] == ["CAP REQ :batch", "CAP REQ :echo-message", "CAP REQ :server-time"])
        #expect(negotiation.enabled == [.batch, .serverTime])
        #expect(negotiation.isSettled)
    }

    @Test("A refusal of the only capability ends the negotiation", arguments: ["CAP * NAK :batch", "CAP * NAK :"])
    func refusalOfOne(_ line: String) throws {
        let (sent, negotiation) = try run(["CAP * LS :batch", line])
        #expect(sent[1].isEmpty)
        #expect(negotiation.isSettled && negotiation.enabled.isEmpty)
    }

    @Test("If the server offers nothing that we use, nothing is requested", arguments: ["CAP * LS :", "CAP * LS"])
    func nothing(line: String) throws {
        let (sent, negotiation) = try run([line])
        #expect(sent == [[]])
        #expect(negotiation.isSettled)
    }

    @Test("Capabilities come and go at run time")
    func runTime() throws {
        let (sent, negotiation) = try run([
            "CAP * LS :batch", "CAP me ACK :batch", "CAP me NEW :echo-message=x unknown", "CAP me ACK :echo-message",
            "CAP me DEL :batch unknown", "CAP me ACK :-echo-message", "CAP me NEW :multi-prefix",
        ])
        #expect(sent[2] == ["CAP REQ :echo-message"])
        #expect(sent[6] == ["CAP REQ :multi-prefix"])
        #expect(negotiation.enabled.isEmpty)
    }

    @Test("Malformed lines do no harm", arguments: ["CAP", "CAP *", "CAP * ACK", "CAP * BREW :tea", "CAP * LS"])
    func malformed(_ line: String) throws { #expect(try run([line]).sent == [[]]) }
}
