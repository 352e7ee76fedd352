import GatewayKit

extension Refusal {
    /// Error replies to PRIVMSG and TAGMSG.
    static let messages: [Row] = [
        (401, Refusal([.whois], .name, .notFound, "There is nobody with the nick % on this network.")),
        (402, Refusal([.whois], .name, .notFound, "There is nobody with the nick % on this network.")),
        (401, Refusal(.content, .name, .notFound, "There is nobody with the nick % on this network.")),
        (402, Refusal(.content, .name, .notFound, "There is no server %.")),
        (404, Refusal(.content, .name, .forbidden, "% does not take messages from you.")),
        (406, Refusal(.content, .name, .notFound, "There is nobody with the nick %.")),
        (407, Refusal(.content, .name, .notFound, "% is more than one person; write to one of them.")),
        (408, Refusal(.content, .name, .policy, "% does not take formatted messages.")),
        (411, Refusal(.content, .nothing, .malformedAddress, "The network did not understand the address.")),
        (412, Refusal([.message], .nothing, .notAcceptable, "The message was empty.")),
        (412, Refusal([.tagMessage], .nothing, .unsupported, "The network does not pass on reactions.")),
        (413, Refusal(.content, .name, .malformedAddress, "% is not an address that can be written to.")),
        (414, Refusal(.content, .name, .malformedAddress, "% is not an address that can be written to.")),
        (415, Refusal(.content, .name, .malformedAddress, "% is not an address that can be written to.")),
        (439, Refusal(.content, .name, .rateLimited, "You write to too many people too fast. Wait a little.")),
        (442, Refusal(.content, .name, .notInRoom, "You are not in %.")),
        (477, Refusal(.content, .name, .registrationRequired, "% takes messages only from those who are logged in.")),
        (486, Refusal(.content, .name, .registrationRequired, "% takes messages only from those who are logged in.")),
        (489, Refusal(.content, .name, .forbidden, "% does not allow that.")),
        (490, Refusal(.content, .nothing, .policy, "The message has words that are not allowed there.")),
        (492, Refusal(.content, .name, .forbidden, "% does not take messages of this kind.")),
        (492, Refusal(.content, .nothing, .forbidden, "Messages of this kind are not allowed there.")),
        (493, Refusal(.content, .nothing, .forbidden, "You share no channel with that person.")),
        (494, Refusal(.content, .name, .forbidden, "% could not answer you: you take no messages yourself.")),
        (531, Refusal(.content, .name, .forbidden, "% does not take messages from you.")),
        (707, Refusal(.content, .name, .rateLimited, "You write to too many people too fast. Wait a little.")),
        (716, Refusal(.content, .name, .forbidden, "% takes messages only from people on a list.")),
    ]
}
