"""Names of places and zones that neither CLDR nor the time zone database has, for bot.commands.zones."""

# An abbreviation stands for several zones, and some are IANA names of fixed offsets (EST is Panama's): these are the
# places that most who write them mean.
ABBREVIATIONS = {
    "Asia/Seoul": ("KST", "한국", "남한", "Korea"), "Asia/Tokyo": ("JST", "日本標準時"), "Asia/Kolkata": ("IST",),
    "Asia/Singapore": ("SGT",), "Asia/Hong_Kong": ("HKT",),
    "America/Los_Angeles": ("PST", "PDT", "PT", "Pacific"), "America/Denver": ("MST", "MDT", "MT", "Mountain"),
    "America/Chicago": ("CST", "CDT", "CT", "Central"), "America/New_York": ("EST", "EDT", "ET", "Eastern"),
    "Europe/London": ("BST", "UK", "England"), "Europe/Paris": ("CET", "CEST"), "Europe/Helsinki": ("EET", "EEST"),
    "Europe/Moscow": ("MSK",), "Australia/Sydney": ("AEST", "AEDT", "AET"), "Australia/Perth": ("AWST",),
    "Pacific/Auckland": ("NZST", "NZDT"), "America/Sao_Paulo": ("BRT",),
    "Etc/UTC": ("GMT", "UTC", "Z", "협정 세계시", "協定世界時", "协调世界时"),
}  # fmt: skip

# Cities where many read papers and that the database does not name, for it has one city a zone.
CITIES = {
    "America/Los_Angeles": (
        "San Francisco", "샌프란시스코", "サンフランシスコ", "旧金山", "Palo Alto", "San Diego", "Seattle", "시애틀",
        "シアトル", "西雅图", "シリコンバレー", "硅谷", "LA",
    ),
    "America/New_York": (
        "Boston", "보스턴", "ボストン", "波士顿", "Washington", "ワシントン", "华盛顿", "Pittsburgh", "Atlanta", "NYC",
        "Montreal",
    ),
    "America/Chicago": ("Austin", "Dallas"),
    "Asia/Shanghai": (
        "Beijing", "베이징", "북경", "北京", "Shenzhen", "深圳", "Hangzhou", "杭州", "Guangzhou", "广州", "広州", "南京",
        "武汉", "成都", "상해",
    ),
    "Asia/Seoul": (
        "Busan", "부산", "釜山", "Daejeon", "대전", "大田", "Pangyo", "판교", "Suwon", "수원", "Pohang", "포항", "汉城",
    ),
    "Asia/Tokyo": (
        "Osaka", "오사카", "大阪", "Kyoto", "교토", "京都", "동경", "札幌", "仙台", "横浜", "名古屋", "福岡", "福冈",
    ),
    "Asia/Kolkata": (
        "Bengaluru", "Bangalore", "バンガロール", "班加罗尔", "Mumbai", "ムンバイ", "孟买", "Delhi", "New Delhi", "デリー",
        "新德里", "Hyderabad",
    ),
    "Asia/Ho_Chi_Minh": ("Hanoi", "하노이", "ハノイ", "河内", "호찌민", "호치민"),
    "Europe/Berlin": (
        "Munich", "뮌헨", "ミュンヘン", "慕尼黑", "Hamburg", "Frankfurt", "フランクフルト", "法兰克福",
    ),
    "Europe/London": ("Cambridge", "ケンブリッジ", "剑桥", "Oxford", "牛津", "Edinburgh"),
    "Europe/Zurich": ("Geneva", "ジュネーブ", "日内瓦", "Lausanne"),
}  # fmt: skip
