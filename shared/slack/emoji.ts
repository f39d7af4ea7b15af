// Slack's names of the emoji that people use most, beside the characters themselves. What is not here keeps Slack's name: `:party_parrot:`.

/** Each character with its names; the first is the one that Slack takes for it. */
const TABLE = `
👍 +1 thumbsup|👎 -1 thumbsdown|👏 clap|🙌 raised_hands|🙏 pray|👋 wave|💪 muscle|👌 ok_hand|🤝 handshake|✌️ v|🤞 crossed_fingers
👆 point_up_2|👇 point_down|👈 point_left|👉 point_right|☝️ point_up|✋ hand raised_hand|👊 facepunch punch|✊ fist|🤷 shrug|🤦 face_palm
😀 grinning|😃 smiley|😄 smile|😁 grin|😆 laughing satisfied|😅 sweat_smile|😂 joy|🤣 rolling_on_the_floor_laughing rofl|🙂 slightly_smiling_face
🙃 upside_down_face|😉 wink|😊 blush|😇 innocent|😍 heart_eyes|🥰 smiling_face_with_3_hearts|😘 kissing_heart|😋 yum|😜 stuck_out_tongue_winking_eye
🤪 zany_face|🤗 hugging_face|🤔 thinking_face|🤨 face_with_raised_eyebrow|😐 neutral_face|😑 expressionless|😶 no_mouth|😏 smirk|😒 unamused
🙄 face_with_rolling_eyes|😬 grimacing|😌 relieved|😔 pensive|😴 sleeping|🤒 face_with_thermometer|🤕 face_with_head_bandage|🤯 exploding_head
🥳 partying_face|😎 sunglasses|🤓 nerd_face|😕 confused|🙁 slightly_frowning_face|😮 open_mouth|😲 astonished|😳 flushed|🥺 pleading_face
😢 cry|😭 sob|😱 scream|😞 disappointed|😓 sweat|😩 weary|😫 tired_face|😤 triumph|😡 rage|😠 angry|💀 skull|💩 hankey poop|🤖 robot_face
❤️ heart|🧡 orange_heart|💛 yellow_heart|💚 green_heart|💙 blue_heart|💜 purple_heart|🖤 black_heart|💔 broken_heart|💯 100|💥 boom collision
🔥 fire|✨ sparkles|⭐ star|🌟 star2|⚡ zap|🎉 tada|🎊 confetti_ball|🎈 balloon|🎁 gift|🏆 trophy|🥇 first_place_medal|🚀 rocket|👀 eyes|🧠 brain
✅ white_check_mark|☑️ ballot_box_with_check|✔️ heavy_check_mark|❌ x|⛔ no_entry|🚫 no_entry_sign|⚠️ warning|❗ exclamation|❓ question|➕ heavy_plus_sign
➖ heavy_minus_sign|🔴 red_circle|🟢 large_green_circle|🟡 large_yellow_circle|🔵 large_blue_circle|🆗 ok|🆕 new|🔔 bell|🔕 no_bell|📣 mega|📢 loudspeaker
💬 speech_balloon|💭 thought_balloon|📌 pushpin|📎 paperclip|📝 memo pencil|📅 date|📆 calendar|🗓️ spiral_calendar_pad|⏰ alarm_clock|⏳ hourglass_flowing_sand
📈 chart_with_upwards_trend|📉 chart_with_downwards_trend|📊 bar_chart|🔍 mag|🔒 lock|🔓 unlock|🔑 key|🔗 link|💡 bulb|🔧 wrench|🔨 hammer|⚙️ gear|🐛 bug
💻 computer|📱 iphone|☎️ phone telephone|📧 e-mail email|📦 package|🏠 house|🏡 house_with_garden|🏢 office|🚌 bus|🚗 car red_car|✈️ airplane|🏖️ beach_with_umbrella
🌴 palm_tree|🌍 earth_africa|☀️ sunny|🌧️ rain_cloud|❄️ snowflake|🌈 rainbow|🌹 rose|🌱 seedling|☕ coffee|🍵 tea|🍺 beer|🍻 beers|🍕 pizza|🍰 cake|🍪 cookie
🐱 cat|🐶 dog|🦄 unicorn_face|🐢 turtle|🐙 octopus|🎵 musical_note|🎧 headphones|🎤 microphone|🎯 dart|🧪 test_tube|♻️ recycle|➡️ arrow_right|⬅️ arrow_left
⬆️ arrow_up|⬇️ arrow_down|🔄 arrows_counterclockwise|▶️ arrow_forward|⏸️ double_vertical_bar|🤙 call_me_hand|🫡 saluting_face|🫶 heart_hands
`;

const VARIATION = /\uFE0F/g;
const TONE = /[\u{1F3FB}-\u{1F3FF}]/gu;
const entries = TABLE.trim()
  .split(/[|\n]/)
  .map(entry => entry.split(' ') as [string, string, ...string[]]);
const characters = new Map(entries.flatMap(([char, ...names]) => names.map(name => [name, char] as const)));
const names = new Map(entries.map(([char, name]) => [char.replace(VARIATION, ''), name]));

/** As people see it here: the character, or `:name:` where Slack alone has a picture. Skin tones are left out. */
export function emojiOf(slackName: string): string {
  const [name = ''] = slackName.split('::');
  return characters.get(name) ?? `:${name}:`;
}

/** What Slack calls it; undefined when it has no such emoji that we know of. */
export function slackNameOf(emoji: string): string | undefined {
  const short = /^:([a-z0-9_'+-]+):$/.exec(emoji)?.[1];
  return short ?? names.get(emoji.replace(VARIATION, '').replace(TONE, ''));
}

/** Replaces the names that are known, and leaves others as they are written. */
export const withEmoji = (text: string): string =>
  text.replace(
    /:([a-z0-9_+-]+):(?::skin-tone-[2-6]:)?/g,
    (whole, name: string) => characters.get(name) ?? whole,
  );
