"""Calls as people make them in all parts of the country, and what is to be drawn out of each.

Written for this project; every name, number and place in them is made up. `None`: it was not said, and must stay empty.
`SAID`: it was said; in which words matters less.
"""

from __future__ import annotations

SAID = object()

SOME_CALLS: list[tuple[str, str, dict[str, object]]] = [
    (
        "north-east, lamp, filler after filler",
        """坐席：您好，城市管理热线，请问有什么可以帮您？
市民：哎你好，那啥，我跟你说个事儿啊，咱这嘎达路灯，那个那个，黑了好些天了。
坐席：您别着急，具体在什么位置？
市民：就是那个，嗯，铁西街，铁西街跟二道街交叉口，往东走，第三根杆子。
坐席：铁西街和二道街交叉口往东，第三根灯杆，是吗？
市民：对对对。
坐席：什么时候不亮的？
市民：得有一个礼拜了吧。
坐席：请问您贵姓？
市民：免贵姓栾。
坐席：栾先生，您的联系电话？
市民：幺三九，四五六六，七八零幺。
坐席：好的，我们尽快安排维修，处理结果给您回复吗？
市民：回一个吧。""",
        {
            "place": "铁西街和二道街交叉口往东",
            "phone": "13945667801",
            "since": "2026-03-04",
            "name": "栾先生",
            "request_type": "求助",
            "wants_reply": True,
            "against": None,
            "anger": None,
        },
    ),
    (
        "Cantonese speaker, stalls on the pavement, lives elsewhere",
        """A：您好，12319，请讲。
B：喂，你好，我住喺东湖花园嗰边嘅，我想投诉民主路农贸市场门口，啲走鬼档占晒条人行道。
A：是民主路农贸市场门口有流动摊贩占道，对吗？
B：系啊，系啊。
A：一般什么时间段？
B：每天早上六点到九点。
A：您的联系方式？
B：一三六，六六零零，一二三三。""",
        {
            "place": "民主路农贸市场门口",
            "phone": "13666001233",
            "often": "每天早上六点到九点",
            "since": None,
            "request_type": "投诉",
            "name": None,
        },
    ),
    (
        "lives in one estate, the noise comes from another street",
        """坐席：您好请讲
市民：我家住在阳光花园5号楼，窗户正对着解放路128号那个饭店，油烟呛得没法开窗。
坐席：饭店叫什么名字？
市民：叫老地方火锅店。
坐席：多长时间了？
市民：从去年十月份开业就这样了。
坐席：您贵姓？
市民：我姓孟。
坐席：孟女士，电话方便留一下吗？
市民：就打这个就行。""",
        {
            "place": "解放路128号",
            "against": "老地方火锅店",
            "since": "2025-10",
            "name": "孟女士",
            "same_number": True,
            "phone": None,
            "request_type": "投诉",
        },
    ),
    (
        "the operator heard wrongly and is put right, then again with the number",
        """话务员：您好，有什么可以帮您
来电人：建设路那个井盖碎了
话务员：建国路是吗
来电人：不是建国路，是建设路，建设的建设，建设路36号门口
话务员：好的，建设路36号门口，您电话是多少
来电人：一五八零三五五二二幺八
话务员：158 0355 2281，对吗
来电人：不对，最后四位是二二幺八
话务员：2218，好的""",
        {"place": "建设路36号门口", "phone": "15803552218", "since": None, "urgency": "urgent"},
    ),
    (
        "dictated in pieces, one piece said again",
        """坐席：那您留个电话吧
市民：好，你记一下，幺八七
坐席：187
市民：零三五五
坐席：0355
市民：不对，零三五六
坐席：0356
市民：九九八八
坐席：好的
市民：我们是槐树里小区6号楼的，下水道堵了，一楼都返水了""",
        {"phone": "18703569988", "place": "槐树里小区6号楼", "request_type": "求助"},
    ),
    (
        "landline with area code and extension, an office speaks",
        """客服：您好，这里是12345热线
客户：你好，我是宏达物流公司的，我们公司门口，就是工业大道99号，路面塌了一块，大车都过不去
客服：您的联系电话？
客户：零三五五，六零八八一二三，转八零一
客服：好的""",
        {"place": "工业大道99号", "phone": "03556088123转801", "urgency": "urgent"},
    ),
    (
        "no marks at all, quick questions",
        """您好热线请讲
那个垃圾桶好几天没人清了都满出来了
在哪个位置
新华北路，供销社大楼后面
什么时候发现的
大前天就满了
怎么称呼您
我姓卞
电话
13903551122
好的已经帮您登记了
谢谢啊""",
        {
            "place": "新华北路供销社大楼后面",
            "since": "2026-03-08",
            "name": "卞",
            "phone": "13903551122",
        },
    ),
    (
        "diarised voices the wrong way round, no punctuation",
        """spk1：您好12319请问有什么可以帮您
spk0：我们小区门口半夜施工吵得睡不着
spk1：请问是哪个小区
spk0：锦绣江南二期东门
spk1：大概几点施工
spk0：每天夜里十一点以后一直到三四点
spk1：工地叫什么名字
spk0：中铁十二局那个工地
spk1：需要给您回复吗
spk0：要啊必须给我个说法""",
        {
            "place": "锦绣江南二期东门",
            "often": "每天夜里十一点以后",
            "wants_reply": True,
            "request_type": "投诉",
        },
    ),
    (
        "marks were swapped by the recorder",
        """市民：您好，12319城管热线，请问有什么可以帮您？
坐席：我要投诉，我们楼上三天两头半夜拖桌子，吵死了。
市民：请问您住在哪里？
坐席：清河家园3号楼2单元，他家601。
市民：需要为您保密吗？
坐席：要，别跟他说是我说的。""",
        {
            "place": "清河家园3号楼2单元",
            "confidential": True,
            "request_type": "投诉",
            "often": "三天两头",
        },
    ),
    (
        "a question, answered at once",
        """坐席：您好，请问有什么可以帮您？
市民：我想问一下，养犬证在哪里办，需要带什么材料？
坐席：您带身份证和免疫证明到辖区派出所办理就可以。
市民：周末上班吗？
坐席：周六上午上班。
市民：好的，谢谢。""",
        {"request_type": "咨询", "place": None, "phone": None, "against": None, "matter": SAID},
    ),
    (
        "a van blocks the gate, the plate is spelt out",
        """坐席：您好
市民：有辆面包车堵在我们幸福里小区北门口，都堵了两天了，打电话也不接。
坐席：车牌号是多少？
市民：晋D，幺二三，A五。
坐席：晋D123A5，对吧？
市民：对。
坐席：您怎么称呼？
市民：姓闫。""",
        {
            "place": "幸福里小区北门口",
            "against": "晋D123A5",
            "since": "2026-03-09",
            "name": "闫",
            "request_type": "投诉",
        },
    ),
    (
        "a village, groups, no street",
        """坐席：您好，请讲
市民：同志你好，我们是柳河镇大王村三组的，村口那个垃圾池，臭得不行，苍蝇多得很
坐席：大王村三组村口，是吧
市民：是嘞是嘞
坐席：多久没清了
市民：过完年就没来拉过""",
        {"place": SAID, "area": "柳河镇", "request_type": "投诉"},
    ),
    (
        "furious, promised much, wants his identity kept",
        """坐席：您好，12345
市民：我问你们，青年路那个烧烤摊到底管不管！我都打了五次电话了，凭什么没人管！
坐席：先生您先别生气，请问具体在青年路什么位置？
市民：青年路工商银行门口！天天晚上八点多就支起来，烟熏得人受不了！
坐席：好的，我们两个工作日内派人到现场核实，需要留您的姓名吗？
市民：不留，我怕他们报复。
坐席：好的，会为您保密。""",
        {
            "place": "青年路工商银行门口",
            "anger": SAID,
            "confidential": True,
            "name": None,
            "phone": None,
            "promise": SAID,
            "request_type": "投诉",
        },
    ),
    (
        "one exclamation mark is no anger",
        "坐席：您好\n市民：路灯坏了！在滨河路12号！\n坐席：好的",
        {"anger": None, "place": "滨河路12号"},
    ),
    (
        "bus stop and direction",
        """坐席：您好
市民：迎宾大道那个公交站牌倒了，就是火车站方向那一侧
坐席：哪个站？
市民：体育馆站
坐席：迎宾大道体育馆公交站，火车站方向，对吗？
市民：对""",
        {"place": SAID, "request_type": "求助"},
    ),
    (
        "bridge, danger",
        """坐席：您好
市民：赶紧来人，永定桥下面，燃气管子让挖掘机挖断了，味儿可大了
坐席：永定桥哪一侧？
市民：桥东头，南边
坐席：您先远离现场，我马上联系燃气公司""",
        {"urgency": "urgent", "place": SAID, "promise": SAID},
    ),
    (
        "half the street name is put right in the same breath",
        "坐席：您好，具体位置？\n市民：平安大街，哦不对，是平安南街，平安南街67号楼下，污水井冒了\n坐席：好的",
        {"place": "平安南街67号楼下"},
    ),
    (
        "the house number is put right",
        "坐席：在哪里？\n市民：文昌路18号\n坐席：文昌路18号\n市民：不对不对，是80号，文昌路80号，水管爆了",
        {"place": "文昌路80号"},
    ),
    (
        "an old lady who gives too much",
        """坐席：您好，请讲。
市民：姑娘啊，我今年七十八了，我闺女在北京，我一个人住。
坐席：阿姨您慢慢说，要反映什么？
市民：我们楼的电梯又坏了，这个月都第三回了，我住九楼，下不去啊。
坐席：您是哪个小区？
市民：机械厂家属院，7号楼。
坐席：机械厂家属院7号楼，哪个单元？
市民：二单元。
坐席：您贵姓？
市民：姓苟，一丝不苟的苟。
坐席：苟阿姨，打这个电话能找到您吧？
市民：能，能。
坐席：好，我们马上联系物业，让他们今天处理。""",
        {
            "place": "机械厂家属院7号楼2单元",
            "name": "苟阿姨",
            "same_number": True,
            "promise": SAID,
        },
    ),
    (
        "numbers of others are not his",
        """坐席：您好
市民：宏福超市把货堆在人行道上，我打他们店里电话0355 3012345，没人接。在英雄中路22号。
坐席：您的电话？
市民：13033445566，打不通就打我爱人的，13099887766。""",
        {"phone": "13033445566", "against": "宏福超市", "place": "英雄中路22号"},
    ),
    (
        "garbled: homophones of the recogniser",
        """坐席：具体位置在哪里
市民：在那个人民录和胜利路交差口，就是西北角那儿
坐席：您的电话
市民：要三八零三五吧一二三四
坐席：好""",
        {"place": "人民路和胜利路交叉口西北角", "phone": "13803581234"},
    ),
    (
        "nothing but a greeting",
        "坐席：您好，12319\n市民：喂？喂？\n坐席：您好，听得到吗？",
        {"matter": None, "place": None},
    ),
    (
        "cut off in the middle",
        "坐席：您好，请问有什么可以帮您？\n市民：我们这边停水了，在兴华街",
        {"place": "兴华街", "request_type": "求助"},
    ),
    (
        "a relative takes the phone",
        """说话人1：您好，请问有什么可以帮您
说话人2：我们家暖气不热，屋里才十二度
说话人1：您家地址
说话人2：哎，老头子，咱这儿门牌号多少
说话人3：书院街55号院2号楼3单元401
说话人2：听见了吧
说话人1：书院街55号院2号楼3单元401，电话呢
说话人3：两零，哦不，幺三四，零零三五，五六七八""",
        {"place": "书院街55号院2号楼3单元401", "phone": "13400355678"},
    ),
]
