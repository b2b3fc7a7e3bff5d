"""Invented catalogues of many trades for the text tests."""

from assistant.text.products import ProductName, ProductNames


def _names(*rows: str) -> ProductNames:
    """Rows are ``sku,name,alias|alias,unit``."""
    products = []
    for row in rows:
        sku, name, aliases, unit = row.split(",")
        products.append(ProductName(sku, name, tuple(a for a in aliases.split("|") if a), unit))
    return ProductNames(products)


TEA = _names(
    "A01,明前西湖龙井（特级）,明前龙井|特级龙井|明前,斤",
    "A02,雨前西湖龙井（一级）,雨前龙井|一级龙井|雨前,斤",
    "A03,洞庭碧螺春,碧螺春|碧罗春,斤",
    "A04,安吉白茶,安吉白,斤",
    "A05,黄山毛峰,毛峰,斤",
    "B01,福鼎白牡丹,白牡丹|福鼎白茶,盒",
    "B02,金骏眉礼盒,金骏眉|金俊眉,盒",
    "B03,正山小种,小种|正山,罐",
    "B04,凤凰单丛（鸭屎香）,单丛|单枞|鸭屎香,盒",
    "C01,茉莉花茶,茉莉|花茶|茉莉花,袋",
    "C02,桂花乌龙,桂花|乌龙,袋",
    "C03,普洱熟茶饼,普洱|熟普|茶饼,饼",
)
COOKIES = _names(
    "K01,经典黄油曲奇,黄油曲奇|原味曲奇,盒",
    "K02,抹茶杏仁脆,抹茶杏仁|抹茶脆|杏仁脆,盒",
    "K03,蔓越莓酥,蔓越莓|曼越莓,盒",
    "K04,海盐巧克力软曲奇,软曲奇|巧克力曲奇|海盐巧克力,盒",
    "K06,六一动物造型礼盒,动物礼盒|儿童节礼盒,盒",
)
FRUIT = _names(
    "F01,丹东99草莓,草莓,斤",
    "F02,智利车厘子5斤装,车厘子|樱桃,箱",
    "F03,海南贵妃芒,芒果|贵妃芒,箱",
    "F04,赣南脐橙,橙子|脐橙,箱",
    "F05,阳光玫瑰葡萄,阳光玫瑰|葡萄,串",
    "F06,猫山王榴莲,榴莲,个",
    "F07,云南蓝莓125g,蓝莓,盒",
)
SEAFOOD = _names(
    "S1,阳澄湖大闸蟹（公4两）,公蟹|公大闸蟹,只",
    "S2,阳澄湖大闸蟹（母3两）,母蟹|母大闸蟹,只",
    "S3,厄瓜多尔白虾,白虾|大虾,斤",
    "S4,麻辣小龙虾,小龙虾|龙虾,份",
    "S5,挪威三文鱼,三文鱼,斤",
    "S6,手剥虾仁,虾仁,包",
    "S7,青岛鱼丸,鱼丸,包",
)
CLOTHES = _names(
    "W01,羽绒服白色M,,件",
    "W02,羽绒服白色L,,件",
    "W03,羽绒服黑色M,,件",
    "W04,羽绒服黑色L,,件",
    "W05,纯棉短袖T恤,T恤|短袖,件",
    "W06,中筒棉袜,袜子|棉袜,双",
    "W07,牛仔裤,牛仔|仔裤,条",
)
COURSES = _names(
    "Y1,周二晚瑜伽小班课,周二瑜伽|周二的课,位",
    "Y2,周四晚瑜伽小班课,周四瑜伽|周四的课,位",
    "Y3,少儿编程启蒙班,编程课|编程班|编程,人",
    "Y4,成人书法体验课,书法课|书法,节",
)
TICKETS = _names(
    "P1,海洋世界成人票,成人票|大人票,张",
    "P2,海洋世界儿童票,儿童票|小孩票,张",
    "P3,海洋世界家庭套票,家庭票|套票,套",
    "P4,停车券,停车票,张",
)
FLOWERS = _names(
    "L01,红玫瑰花束,红玫瑰|玫瑰,束",
    "L02,向日葵花束,向日葵,束",
    "L03,香水百合,百合,枝",
    "L04,多肉拼盘,多肉,盆",
)
REPAIR = _names(
    "R01,空调清洗,洗空调|清洗空调,台",
    "R02,手机屏幕更换,换屏|手机屏|换屏幕,次",
    "R03,水龙头更换,换水龙头|水龙头,个",
    "R04,上门维修工时,维修师傅|师傅上门,小时",
)
GROCERY = _names(
    "G01,农家土鸡蛋（30枚）,鸡蛋|土鸡蛋,盘",
    "G02,鲜牛奶,牛奶,瓶",
    "G03,脱脂牛奶,脱脂奶|脱脂,瓶",
    "G04,原味酸奶12杯,酸奶,提",
    "G05,五常大米,大米|五常米,袋",
    "G06,每日坚果,坚果,盒",
)
HOME = _names(
    "H01,Standard home cleaning,standard clean|standard cleaning|regular clean|basic clean,visit",
    "H02,Deep cleaning,deep clean,visit",
    "H03,Move-out cleaning,move out clean|move-out|end of lease clean,visit",
    "H04,Carpet shampooing,carpet cleaning|carpet shampoo|carpet,room",
    "H05,Window washing,windows|window cleaning|window wash,window",
    "H06,Handyman hour,handyman|repair hour,hour",
    "H07,AC tune-up,ac service|aircon service|air conditioner service,unit",
    "H08,Faucet replacement,faucet|tap replacement|faucet swap,job",
)
BAKERY = _names(
    "B1,Sourdough loaf,sourdough,loaf",
    "B2,Cinnamon rolls (6 pack),cinnamon rolls|cinnamon roll,box",
    "B3,Blueberry muffin,blueberry muffins|muffin,piece",
    "B4,Chocolate croissant,choc croissant,piece",
    "B5,Almond croissant,,piece",
    "B6,Party cake 8 inch,party cake|cake,cake",
)
SHOP = _names(
    "T1,Logo hoodie S,,piece",
    "T2,Logo hoodie M,,piece",
    "T3,Logo hoodie L,,piece",
    "T4,Canvas tote bag,tote|tote bag,piece",
    "T5,Enamel mug,mug,piece",
)
FARM = _names(
    "E01,Free range eggs,eggs,dozen",
    "E02,Whole milk,milk,bottle",
    "E03,Alphonso mangoes,mangoes|mango,box",
    "E04,Raw honey,honey,jar",
    "E05,Ribeye steak,ribeye|steak,lb",
)
CLASSES = _names(
    "C1,Tuesday yoga class,tuesday yoga,seat",
    "C2,Thursday yoga class,thursday yoga,seat",
    "C3,Pottery workshop,pottery,seat",
    "C4,Kids coding camp,coding camp,kid",
)
CATALOGUES = {
    "tea": TEA, "cookies": COOKIES, "fruit": FRUIT, "seafood": SEAFOOD, "clothes": CLOTHES, "courses": COURSES,
    "tickets": TICKETS, "flowers": FLOWERS, "repair": REPAIR, "grocery": GROCERY, "home": HOME, "bakery": BAKERY,
    "shop": SHOP, "farm": FARM, "classes": CLASSES,
}  # fmt: skip
