import GatewayKit

extension Refusal {
    /// Error replies to PRIVMSG.
    static let messages: [Row] = [
        (401, Refusal([.message], .name, .notFound, "There is nobody with the nick % on this network.")),
        (402, Refusal([.message], .name, .notFound, "There is no server %.")),
        (404, Refusal([.message], .name, .forbidden, "% does not take messages from you.")),
        (406, Refusal([.message], .name, .notFound, "There is nobody with the nick %.")),
        (407, Refusal([.message], .name, .notFound, "% is more than one person; write to one of them.")),
        (408, Refusal([.message], .name, .policy, "% does not take formatted messages.")),
        (411, Refusal([.message], .nothing, .malformedAddress, "The network did not understand the address.")),
        (412, Refusal([.message], .nothing, .notAcceptable, "The message was empty.")),
        (413, Refusal([.message], .name, .malformedAddress, "% is not an address that can be written to.")),
        (414, Refusal([.message], .name, .malformedAddress, "% is not an address that can be written to.")),
        (415, Refusal([.message], .name, .malformedAddress, "% is not an address that can be written to.")),
        (439, Refusal([.message], .name, .rateLimited, "You write to too many people too fast. Wait a little.")),
        (442, Refusal([.message], .name, .notInRoom, "You are not in %.")),
        (477, Refusal([.message], .name, .registrationRequired, "% takes messages only from those who are logged in.")),
        (486, Refusal([.message], .name, .registrationRequired, "% takes messages only from those who are logged in.")),
        (489, Refusal([.message], .name, .forbidden, "% does not allow that.")),
        (490, Refusal([.message], .nothing, .policy, "The message holds words that are not taken there.")),
        (492, Refusal([.message], .name, .forbidden, "% does not take messages of this kind.")),
        (492, Refusal([.message], .nothing, .forbidden, "Messages of this kind are not taken there.")),
        (493, Refusal([.message], .nothing, .forbidden, "You share no channel with that person.")),
        (494, Refusal([.message], .name, .forbidden, "% could not answer you: you take no messages yourself.")),
        (531, Refusal([.message], .name, .forbidden, "% does not take messages from you.")),
        (707, Refusal([.message], .name, .rateLimited, "You write to too many people too fast. Wait a little.")),
        (716, Refusal([.message], .name, .forbidden, "% takes messages only from people on a list.")),
    ]
}
