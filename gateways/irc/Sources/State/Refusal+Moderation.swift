import GatewayKit

extension Refusal {
    /// Error replies to TOPIC, KICK, INVITE and MODE.
    static let moderation: [Row] = [
        (401, Refusal([.kick, .mode, .invite], .name, .notFound, "There is nobody with the nick % on this network.")),
        (441, Refusal([.kick, .mode], .name, .notFound, "% is not in that channel.")),
        (442, Refusal(changes, .name, .notInRoom, "You are not in %.")),
        (443, Refusal([.invite], .name, .conflict, "% is in that channel already.")),
        (467, Refusal([.mode], .name, .conflict, "% has a password already. Remove it first.")),
        (472, Refusal([.topic, .kick, .mode, .modeList], .nothing, .unsupported, "This network cannot do that.")),
        (478, Refusal([.mode], .name, .rateLimited, "A list of % is full. Remove an entry first.")),
        (481, Refusal(changes, .nothing, .forbidden, "Only operators of the network may do that.")),
        (482, Refusal(changes, .name, .forbidden, "Only operators of % may do that.")),
        (484, Refusal([.kick, .mode], .nothing, .forbidden, "The network does not allow that.")),
        (485, Refusal([.kick], .name, .forbidden, "The network does not allow that in %.")),
        (492, Refusal([.kick], .name, .forbidden, "% does not take messages of this kind.")),
        (499, Refusal(changes, .name, .forbidden, "Only the owner of % may do that.")),
        (518, Refusal([.invite], .name, .forbidden, "Nobody may be invited to %.")),
        (518, Refusal([.invite], .nothing, .forbidden, "Nobody may be invited there.")),
        (525, Refusal([.mode], .name, .notAcceptable, "% does not take this password.")),
        (696, Refusal([.mode, .modeList], .name, .notAcceptable, "% does not take this value.")),
        (697, Refusal([.mode], .name, .conflict, "The list of % has this entry already.")),
        (698, Refusal([.mode], .name, .notFound, "The list of % has no such entry.")),
        (698, Refusal([.invite], .name, .forbidden, "The network does not allow this invitation.")),
        (742, Refusal(changes, .name, .forbidden, "The network does not allow that in %.")),
    ]

    private static let changes: Set<RequestKind> = [.topic, .kick, .invite, .mode, .modeList]
}
